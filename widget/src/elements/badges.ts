import type { Client } from '../client/client.ts';
import { badgesStore, type Badge, type Badges } from '../store/badges.ts';
import type { Store } from '../store/store.ts';
import type { Words } from '../texts/words.ts';
import { progressBar, type ProgressBar } from './bar.ts';
import { icon, keyedList, make, setAttributes, setText, type KeyedList } from './dom.ts';
import { LaurelElement } from './element.ts';
import { flash } from './motion.ts';

const CSS = `
.list{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,128px),1fr));gap:14px}
.badge{display:flex;flex-direction:column;align-items:center;gap:4px;text-align:center;padding:12px 8px;border-radius:12px}
.picture{inline-size:56px;block-size:56px;border-radius:50%;display:grid;place-items:center;overflow:hidden;
  color:var(--_soft);background:var(--_raised);border:2px dashed var(--_line)}
.badge[data-held=true] .picture{color:var(--_accent);background:var(--_accent-soft);border:2px solid var(--_accent)}
.picture img{inline-size:100%;block-size:100%;object-fit:cover}
.badge:not([data-held=true]) img{filter:grayscale(1);opacity:.55}
.picture .icon{inline-size:28px;block-size:28px}
.name{font-weight:600;font-size:.92em;overflow-wrap:anywhere}
.badge p{margin:0;font-size:.82em;color:var(--_soft)}
.badge p:empty{display:none}
.bar{inline-size:80%;margin-block-start:4px}
`;

const MEDAL = 'M12 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8.500 14 7 21l5-3 5 3-1.500-7M9.500 9l2 2 3.500-3.500';

/** `<laurel-badges>`: what the person has earned and may earn. Tells `laurel-badge` when an award comes or goes. */
export class LaurelBadges extends LaurelElement<Badges> {
  protected readonly css = CSS;
  protected readonly heading = 'badges';
  protected readonly emptyText = 'emptyBadges';
  readonly #list = make('ul', { class: 'list' });
  readonly #bars = new WeakMap<HTMLElement, ProgressBar>();
  #draw: KeyedList<Badge> = () => undefined;

  protected open(client: Client, words: Words): Store<Badges> {
    return badgesStore(client, { locale: words.locale });
  }

  protected build(body: HTMLElement): void {
    this.#draw = keyedList(
      this.#list,
      ({ badge }) => badge.id,
      () => this.#make(),
      (item, badge) => this.#update(item, badge),
    );
    body.append(this.#list);
  }

  protected isEmpty({ badges }: Badges): boolean {
    return badges.length === 0;
  }

  protected draw({ badges, news }: Badges, words: Words, before: Badges | null): void {
    this.#draw(badges);
    if (news === null || before === null || news.id === before.news?.id) return;
    this.tell('badge', news);
    const name = badges.find(({ badge }) => badge.code === news.code)?.badge.texts.name ?? news.name;
    if (news.change === 'AWARDED') this.say(words.text('awarded', { name }), true);
  }

  #make(): HTMLElement {
    const bar = progressBar();
    const picture = make('span', { class: 'picture', part: 'picture' });
    const name = make('span', { class: 'name', part: 'name' });
    const texts = ['state', 'description'].map((part) => make('p', { part }));
    const item = make('li', { class: 'badge', part: 'badge' }, picture, name, ...texts, bar.element);
    this.#bars.set(item, bar);
    return item;
  }

  #update(item: HTMLElement, { badge, level, next }: Badge): void {
    const { words } = this;
    const [picture, name, state, about] = item.children as unknown as HTMLElement[];
    const { texts, levels, rarity } = badge;
    const held = levels.find(({ code }) => code === level);
    const isHeld = held !== undefined;
    if (isHeld && item.dataset['held'] === 'false') flash(item);
    showPicture(picture as HTMLElement, held?.imageUrl ?? badge.imageUrl);
    setText(name as Node, texts.name);
    setAttributes(name as Element, { lang: texts.locale });
    const said = [isHeld ? words.text('earned') : words.text('notYet')];
    if (held !== undefined && levels.length > 1) said[0] = words.text('levelIs', { name: held.name });
    if (rarity !== null) said.push(words.text('heldBy', { share: words.percent(rarity) }));
    setText(state as Node, said.join(' · '));
    setText(about as Node, texts.description);
    const bar = this.#bars.get(item) as ProgressBar;
    setAttributes(bar.element, { hidden: next === null });
    // Several criteria are as near as the farthest of them, or the mean: the mean moves with every step.
    const shares = next?.criteria.map(({ has, needed }) => Math.min(1, Number(has) / Number(needed))) ?? [];
    const share = shares.length === 0 ? 0 : shares.reduce((sum, each) => sum + each, 0) / shares.length;
    bar.show(Math.round(100 * share), 100, words.text('wayToBadge', { name: texts.name }));
    setAttributes(item, { 'data-badge': badge.code, 'data-held': String(isHeld) });
  }
}

function showPicture(picture: HTMLElement, imageUrl: string | null): void {
  if (picture.dataset['of'] === (imageUrl ?? 'medal')) return;
  picture.dataset['of'] = imageUrl ?? 'medal';
  picture.replaceChildren(imageUrl === null ? icon(MEDAL) : make('img', { src: imageUrl, alt: '', loading: 'lazy' }));
}

import type { Client } from '../client/client.ts';
import type { Store } from '../store/store.ts';
import { streaksStore, type Streak } from '../store/streaks.ts';
import type { Words } from '../texts/words.ts';
import { icon, keyedList, make, setAttributes, setText, type KeyedList } from './dom.ts';
import { LaurelElement } from './element.ts';
import { flash } from './motion.ts';

const CSS = `
li{display:flex;align-items:center;gap:12px;padding:10px;border-radius:10px}
li+li{border-block-start:1px solid var(--_line)}
.picture{inline-size:42px;block-size:42px;border-radius:50%;display:grid;place-items:center;flex:none;color:var(--_soft);background:var(--_raised)}
li[data-met=true] .picture{color:var(--_accent);background:var(--_accent-soft)}
.what{flex:1;min-inline-size:0}
.what strong{display:block}
p{margin:0;font-size:.88em;color:var(--_soft)}
li[data-state=AT_RISK] .when{color:var(--_alert);font-weight:600}
`;

const FLAME =
  'M12 3c1 4 6 5.500 6 11a6 6 0 0 1-12 0c0-2.500 1.500-4 2.500-5 .5 2 1.500 2.500 2 2.500C11.500 9 10.500 6 12 3z';

/** `<laurel-streaks>`: how often in a row, until when to go on, and what is spared. Tells `laurel-streak` when one grows. */
export class LaurelStreaks extends LaurelElement<readonly Streak[]> {
  protected readonly css = CSS;
  protected readonly heading = 'streaks';
  protected readonly emptyText = 'emptyStreaks';
  readonly #list = make('ul');
  #draw: KeyedList<Streak> = () => undefined;

  protected open(client: Client): Store<readonly Streak[]> {
    return streaksStore(client);
  }

  protected build(body: HTMLElement): void {
    this.#draw = keyedList(
      this.#list,
      ({ streak }) => streak.id,
      () => {
        const picture = make('span', { class: 'picture', part: 'picture' }, icon(FLAME));
        const lines = [make('strong', { part: 'length' }), make('p', { class: 'when', part: 'when' }), make('p')];
        return make('li', { part: 'streak' }, picture, make('div', { class: 'what' }, ...lines));
      },
      (item, streak) => this.#update(item, streak),
    );
    body.append(this.#list);
  }

  protected isEmpty(streaks: readonly Streak[]): boolean {
    return streaks.length === 0;
  }

  protected draw(streaks: readonly Streak[], _words: Words, before: readonly Streak[] | null): void {
    this.#draw(streaks);
    for (const { streak, current, state } of streaks) {
      const was = before?.find((one) => one.streak.id === streak.id);
      if (was === undefined || was.current === current) continue;
      this.tell('streak', { code: streak.code, current, previous: was.current, state });
    }
  }

  #update(item: HTMLElement, { streak, current, longest, freezes, isMet, state, deadline }: Streak): void {
    const { words } = this;
    const [length, when, more] = (item.lastElementChild as Element).children as unknown as [Node, Node, Node];
    const text = `${streak.name}: ${words.text(streak.cadence, { n: current })}`;
    if (length.textContent !== '' && length.textContent !== text) flash(item);
    setText(length, text);
    const time = deadline === null ? '' : words.soon(deadline);
    const isUsual = state === 'ACTIVE';
    setText(when, words.text(isUsual ? (isMet ? 'isMet' : 'deadline') : `streak${state}`, { time }));
    const rest = [words.text('longest', { n: longest })];
    if (freezes > 0) rest.push(words.text('freezes', { n: freezes }));
    setText(more, rest.join(' · '));
    setAttributes(item, { 'data-streak': streak.code, 'data-state': state, 'data-met': String(isMet) });
  }
}

import type { Client } from '../client/client.ts';
import { asFailure } from '../client/failure.ts';
import {
  cancelRedemption,
  redeem,
  rewardsStore,
  type Catalogue,
  type Redemption,
  type Reward,
} from '../store/rewards.ts';
import type { Store } from '../store/store.ts';
import type { Words } from '../texts/words.ts';
import { keyedList, make, setAttributes, setText, type KeyedList } from './dom.ts';
import { LaurelElement } from './element.ts';
import { rewardCard, type RewardCard, type RewardDesk } from './reward-card.ts';
import { newsText, refusalText, stateText } from './reward-words.ts';

const CSS = `
.rewards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,250px),1fr));gap:14px}
.reward{border:1px solid var(--_line);border-radius:calc(var(--laurel-radius,14px)*.8);padding:14px;display:flex;flex-direction:column;gap:8px}
.what{display:flex;align-items:center;gap:10px}
.picture{inline-size:38px;block-size:38px;border-radius:10px;background:var(--_accent-soft);color:var(--_accent);
  display:grid;place-items:center;flex:none;overflow:hidden}
.picture img{inline-size:100%;block-size:100%;object-fit:cover}
.name{font-weight:650;overflow-wrap:anywhere}
.reward p{margin:0}
.description{color:var(--_soft);font-size:.9em;flex:1}
.cost{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 10px;font-variant-numeric:tabular-nums}
.soft{color:var(--_soft);font-size:.87em}
.soft:empty,.alert:empty{display:none}
.question{display:flex;flex-direction:column;gap:10px;background:var(--_raised);border-radius:10px;padding:12px}
.code{display:flex;flex-direction:column;gap:4px;font-size:.87em}
.answers{display:flex;flex-wrap:wrap;gap:8px}
.answers button{flex:1 1 auto;white-space:nowrap;padding-inline:10px}
.alert{color:var(--_alert);font-size:.9em}
.news{margin:0 0 12px;padding:10px 12px;border-radius:10px;background:var(--_accent-soft);overflow-wrap:anywhere}
.yours{margin:20px 0 4px;font-size:.8em;font-weight:600;color:var(--_soft)}
.redemption{display:flex;flex-wrap:wrap;align-items:center;gap:6px 14px;padding:10px 0}
.redemption+.redemption{border-block-start:1px solid var(--_line)}
.redemption .label{flex:1 1 200px}
.redemption small{display:block;color:var(--_soft)}
code{background:var(--_accent-soft);border-radius:7px;padding:3px 9px;user-select:all;overflow-wrap:anywhere}
`;

const SHOWN = 8;

/**
 * `<laurel-rewards>`: what can be had for points, and what was. Attributes `limit`, `redemptions="off"`. Tells `laurel-redeemed`,
 * `laurel-refused`, and `laurel-step-up` when the page's server should send the person a code.
 */
export class LaurelRewards extends LaurelElement<Catalogue> {
  static override readonly observedAttributes = [...LaurelElement.observedAttributes, 'limit', 'redemptions'];

  protected readonly css = CSS;
  protected readonly heading = 'rewards';
  protected readonly emptyText = 'emptyRewards';
  readonly #news = make('p', { class: 'news', part: 'news', hidden: true });
  readonly #list = make('ul', { class: 'rewards' });
  readonly #yours = make('div', { class: 'yours', role: 'heading', 'aria-level': 3 });
  readonly #own = make('ul', { part: 'redemptions' });
  #drawRewards: KeyedList<Reward> = () => undefined;
  #drawOwn: KeyedList<Redemption> = () => undefined;

  protected open(client: Client, words: Words): Store<Catalogue> {
    return rewardsStore(client, { locale: words.locale, first: this.number('limit', 24) });
  }

  protected build(body: HTMLElement): void {
    const cards = new WeakMap<HTMLElement, RewardCard>();
    const desk: RewardDesk = {
      words: () => this.words,
      askForCode: ({ code }) => this.tell('step-up', { reward: code }),
      redeem: (...asked) => this.#redeem(...asked),
    };
    this.#drawRewards = keyedList(
      this.#list,
      ({ code }) => code,
      (reward) => {
        const card = rewardCard(reward, desk);
        cards.set(card.element, card);
        return card.element;
      },
      (element, reward) => cards.get(element)?.update(reward),
    );
    this.#drawOwn = keyedList(
      this.#own,
      ({ id }) => id,
      ({ id }) => this.#makeRow(id),
      (item, redemption) => this.#updateRow(item, redemption),
    );
    body.append(this.#news, this.#list, this.#yours, this.#own);
  }

  protected isEmpty({ rewards, redemptions }: Catalogue): boolean {
    return rewards.length === 0 && redemptions.length === 0;
  }

  protected draw({ rewards, redemptions }: Catalogue, words: Words): void {
    const own = this.getAttribute('redemptions') === 'off' ? [] : redemptions.slice(0, SHOWN);
    this.#drawRewards(rewards);
    this.#drawOwn(own);
    setText(this.#yours, words.text('yours'));
    setAttributes(this.#yours, { hidden: own.length === 0 });
  }

  async #redeem(reward: Reward, stepUpCode: string | null, idempotencyKey: string): Promise<string | null> {
    const { client, words } = this;
    if (client === null) return words.text('failed');
    try {
      const { redemption, refusals, message } = await redeem(client, reward, { stepUpCode, idempotencyKey });
      if (redemption === null) {
        this.tell('refused', { reward: reward.code, refusals, message });
        return refusals.map((refusal) => refusalText(refusal, words)).join('. ') || message;
      }
      this.tell('redeemed', redemption);
      this.#show(newsText(redemption, words));
      return null;
    } catch (error) {
      const { code, message } = asFailure(error);
      this.tell('refused', { reward: reward.code, refusals: [], message });
      return words.text(code === 'REFUSED' ? 'refused' : 'failed');
    }
  }

  #show(news: string): void {
    setText(this.#news, news);
    setAttributes(this.#news, { hidden: null });
    this.say(news, true);
  }

  #makeRow(id: string): HTMLElement {
    const cancel = make('button', { type: 'button', part: 'button' });
    cancel.addEventListener('click', () => void this.#cancel(id));
    const label = make('div', { class: 'label' }, make('strong'), make('small'));
    return make(
      'li',
      { class: 'redemption', part: 'redemption' },
      label,
      make('code'),
      make('span', { class: 'soft' }),
      cancel,
    );
  }

  #updateRow(item: HTMLElement, redemption: Redemption): void {
    const { words } = this;
    const { id, state, code, quantity, points, requestedAt, texts } = redemption;
    const [label, codeText, stateOf, cancel] = item.children as unknown as [
      HTMLElement,
      HTMLElement,
      HTMLElement,
      HTMLElement,
    ];
    const [name, when] = label.children as unknown as [HTMLElement, HTMLElement];
    setText(name, quantity === 1 ? texts.name : `${words.number(quantity)} × ${texts.name}`);
    setAttributes(name, { lang: texts.locale });
    setText(when, `${words.day(requestedAt)}, ${words.points(points)}`);
    setText(codeText, code ?? '');
    setAttributes(codeText, { hidden: code === null });
    setText(stateOf, stateText(redemption, words));
    setText(cancel, words.text('cancel'));
    setAttributes(cancel, {
      hidden: state !== 'RESERVED',
      'aria-label': words.text('cancelNamed', { name: texts.name }),
    });
    setAttributes(item, { 'data-redemption': id, 'data-state': state });
  }

  async #cancel(id: string): Promise<void> {
    const { client, words } = this;
    if (client === null) return;
    const refusal = await cancelRedemption(client, id).catch(() => words.text('failed'));
    if (refusal !== null) this.#show(refusal);
  }
}

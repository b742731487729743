import type { Client } from '../client/client.ts';
import { balanceStore, type CurrencyBalance } from '../store/balance.ts';
import type { Store } from '../store/store.ts';
import type { Words } from '../texts/words.ts';
import { keyedList, make, setAttributes, setText, type KeyedList } from './dom.ts';
import { LaurelElement } from './element.ts';
import { flash } from './motion.ts';

const CSS = `
.amount{margin:0;font-size:2.6em;font-weight:700;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums;
  inline-size:fit-content;border-radius:8px}
li+li{margin-block-start:16px;padding-block-start:16px;border-block-start:1px solid var(--_line)}
.unit{font-size:.4em;font-weight:400;letter-spacing:0;color:var(--_soft)}
dl{display:flex;flex-wrap:wrap;gap:4px 18px;margin:6px 0 0;font-size:.87em;color:var(--_soft)}
dl div{display:flex;gap:6px}
dd{margin:0;color:var(--_ink);font-variant-numeric:tabular-nums}
`;

const BUCKETS = ['pending', 'held', 'owed'] as const;

/** `<laurel-balance>`: the person's points. Attribute `currency`. Tells `laurel-balance` when what can be spent changes. */
export class LaurelBalance extends LaurelElement<readonly CurrencyBalance[]> {
  static override readonly observedAttributes = [...LaurelElement.observedAttributes, 'currency'];

  protected readonly css = CSS;
  protected readonly heading = 'balance';
  protected readonly emptyText = 'emptyBalance';
  readonly #list = make('ul');
  #words: Words | null = null;
  #draw: KeyedList<CurrencyBalance> = () => undefined;

  protected open(client: Client): Store<readonly CurrencyBalance[]> {
    return balanceStore(client, { currency: this.getAttribute('currency') ?? undefined });
  }

  protected build(body: HTMLElement): void {
    this.#draw = keyedList(
      this.#list,
      ({ currency }) => currency.code,
      () => {
        const amount = make(
          'p',
          { class: 'amount', part: 'amount' },
          make('span'),
          ' ',
          make('span', { class: 'unit' }),
        );
        const buckets = BUCKETS.map((name) => make('div', { 'data-bucket': name }, make('dt'), make('dd')));
        return make('li', { part: 'currency' }, amount, make('dl', { part: 'buckets' }, ...buckets));
      },
      (item, balance) => this.#update(item, balance),
    );
    body.append(this.#list);
  }

  protected isEmpty(balances: readonly CurrencyBalance[]): boolean {
    return balances.length === 0;
  }

  protected draw(balances: readonly CurrencyBalance[], words: Words, before: readonly CurrencyBalance[] | null): void {
    this.#words = words;
    this.#draw(balances);
    for (const { currency, available, pending } of balances) {
      const was = before?.find((one) => one.currency.code === currency.code);
      if (was === undefined || (was.available === available && was.pending === pending)) continue;
      this.tell('balance', { currency: currency.code, available, pending, previous: was.available });
      if (was.available !== available) this.say(words.text('balanceIs', { points: words.points(available) }));
    }
  }

  #update(item: HTMLElement, { currency, available, pending, held, negative }: CurrencyBalance): void {
    const words = this.#words as Words;
    const [amount, list] = item.children;
    const [number, unit] = amount?.children ?? [];
    const text = words.number(available);
    if (number?.textContent !== '' && number?.textContent !== text) flash(amount as HTMLElement);
    setText(number as Node, text);
    // The first currency of every program is called in the reader's language; others by the name that the team gave.
    const name = words.text('points', { n: available }).replace(text, '').trim();
    setText(unit as Node, currency.code === 'points' ? name : currency.name);
    const amounts = { pending, held, owed: negative };
    for (const [index, bucket] of BUCKETS.entries()) {
      const row = list?.children[index] as HTMLElement;
      setText(row.firstChild as Node, words.text(bucket));
      setText(row.lastChild as Node, words.number(amounts[bucket]));
      setAttributes(row, { hidden: amounts[bucket] === 0 });
    }
    item.dataset['currency'] = currency.code;
  }
}

import type { Client } from '../client/client.ts';
import { leaderboardStore, type Standing, type Standings } from '../store/leaderboard.ts';
import type { Store } from '../store/store.ts';
import type { Words } from '../texts/words.ts';
import { keyedList, make, setAttributes, setText, type KeyedList } from './dom.ts';
import { LaurelElement } from './element.ts';
import { flash, glide } from './motion.ts';

const CSS = `
table{inline-size:100%;border-collapse:separate;border-spacing:0 2px;font-variant-numeric:tabular-nums}
th{font-size:.78em;font-weight:600;color:var(--_soft);text-align:start;padding:0 10px 4px}
th.score,td.score{text-align:end}
td{padding:8px 10px}
tr>:first-child{border-start-start-radius:8px;border-end-start-radius:8px;inline-size:3.4em}
tr>:last-child{border-start-end-radius:8px;border-end-end-radius:8px}
td.rank{color:var(--_soft)}
tr.medal td.rank{color:var(--_gold);font-weight:700}
td.name{overflow-wrap:anywhere}
td.score{font-weight:600;white-space:nowrap}
tr.me td{background:var(--_accent-soft);color:var(--_ink)}
tr.me td.name{font-weight:650}
tr.gap td{padding:0 10px;color:var(--_soft);text-align:start;line-height:1.1;letter-spacing:.2em}
`;

type Row = HTMLTableRowElement;

/**
 * `<laurel-leaderboard board="points_month">`: a board as it moves, with the person's own place. Attributes `top`, `around`,
 * `season`. Tells `laurel-rank` when the person's rank changes.
 */
export class LaurelLeaderboard extends LaurelElement<Standings> {
  static override readonly observedAttributes = [
    ...LaurelElement.observedAttributes,
    'board',
    'top',
    'around',
    'season',
  ];

  protected readonly css = CSS;
  protected readonly heading = 'leaderboard';
  protected readonly emptyText = 'emptyBoard';
  readonly #columns = ['rank', 'name', 'score'] as const;
  readonly #top = make('tbody', { part: 'top' });
  readonly #gap = make('tbody', { hidden: true });
  readonly #around = make('tbody', { part: 'around' });
  readonly #heads = this.#columns.map((name) => make('th', { scope: 'col', class: name }));
  readonly #caption = make('caption', { class: 'still' });
  readonly #note = make('p', { class: 'note', part: 'note' });
  #words: Words | null = null;
  #me: string | null = null;
  #drawTop: KeyedList<Standing> = () => undefined;
  #drawAround: KeyedList<Standing> = () => undefined;

  protected open(client: Client): Store<Standings> | null {
    const board = this.getAttribute('board');
    if (board === null || board === '') return null;
    const around = this.number('around', 2);
    return leaderboardStore(client, {
      board,
      top: this.number('top', 10),
      around: around === 0 ? null : around,
      season: this.getAttribute('season') ?? undefined,
    });
  }

  protected build(body: HTMLElement): void {
    const keyOf = ({ customerId }: Standing): string => customerId;
    const create = (): Row =>
      make('tr', { part: 'row' }, ...this.#columns.map((name) => make('td', { class: name, part: name })));
    const update = (row: Row, standing: Standing): void => this.#update(row, standing);
    this.#drawTop = keyedList(this.#top, keyOf, create, update);
    this.#drawAround = keyedList(this.#around, keyOf, create, update);
    this.#gap.append(make('tr', { class: 'gap' }, make('td', { colspan: 3 }, '⋯')));
    const head = make('thead', {}, make('tr', {}, ...this.#heads));
    body.append(make('table', {}, this.#caption, head, this.#top, this.#gap, this.#around), this.#note);
  }

  protected isEmpty({ top, around }: Standings): boolean {
    return top.length === 0 && around.length === 0;
  }

  protected draw(standings: Standings, words: Words, before: Standings | null): void {
    const { top, around, me, entryCount } = standings;
    this.#words = words;
    this.#me = me;
    for (const [index, name] of this.#columns.entries()) setText(this.#heads[index] as Node, words.text(name));
    setText(this.#caption, this.getAttribute('heading') ?? words.text('leaderboard'));
    setText(this.#note, words.text('onBoard', { n: entryCount }));
    const last = top.at(-1)?.position ?? 0;
    const further = around.filter(({ position }) => position > last);
    const rows = (): HTMLElement[] => [...this.#top.children, ...this.#around.children] as HTMLElement[];
    const change = (): void => {
      this.#drawTop(top);
      this.#drawAround(further);
    };
    if (before === null) change();
    else glide(rows, change);
    setAttributes(this.#gap, { hidden: (further[0]?.position ?? last + 1) <= last + 1 });
    setAttributes(this.#gap.firstElementChild as Element, { 'aria-label': words.text('between') });
    this.#tellRank(standings, before, words);
  }

  #update(row: Row, { rank, score, displayName, customerId }: Standing): void {
    const words = this.#words as Words;
    const [rankCell, nameCell, scoreCell] = row.cells;
    const isMe = customerId === this.#me;
    const text = words.number(score);
    if (scoreCell?.textContent !== '' && scoreCell?.textContent !== text) flash(row);
    setText(rankCell as Node, words.number(rank));
    setText(nameCell as Node, displayName ?? words.text(isMe ? 'you' : 'somebody'));
    setText(scoreCell as Node, text);
    setAttributes(row, {
      class: [isMe ? 'me' : '', rank <= 3 ? 'medal' : ''].join(' ').trim() || null,
      part: isMe ? 'row me' : 'row',
      'aria-current': isMe ? 'true' : null,
      'data-customer': customerId,
    });
  }

  #tellRank(standings: Standings, before: Standings | null, words: Words): void {
    const own = ownRow(standings);
    const was = before === null ? null : ownRow(before);
    if (own === null || before === null || own.rank === was?.rank || before.seasonKey !== standings.seasonKey) return;
    this.tell('rank', { rank: own.rank, previousRank: was?.rank ?? null, score: own.score });
    const isUp = was === null || own.rank < was.rank;
    this.say(words.text(isUp ? 'rankUp' : 'rankDown', { rank: own.rank }));
  }
}

function ownRow({ top, around, me }: Standings): Standing | null {
  return [...top, ...around].find(({ customerId }) => customerId === me) ?? null;
}

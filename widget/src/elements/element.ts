import type { Client } from '../client/client.ts';
import type { Shown, Store } from '../store/store.ts';
import type { TextName } from '../texts/en.ts';
import { wordsOf, type Words } from '../texts/words.ts';
import { make, setAttributes, setText } from './dom.ts';
import { clientOf, onConnect } from './page-client.ts';
import { sheetsOf } from './styles.ts';

/** Where there is no page, as on a server that renders one, the classes can be loaded and are never used. */
const Base =
  (globalThis as { HTMLElement?: typeof HTMLElement }).HTMLElement ?? (Object as unknown as typeof HTMLElement);

const BONES = 3;
/** What moves often is said this seldom, and then as it is. */
const SAY_EVERY_MS = 5_000;

type Frame = {
  card: HTMLElement;
  title: HTMLElement;
  state: HTMLElement;
  body: HTMLElement;
  wait: HTMLElement;
  problem: HTMLElement;
  problemText: HTMLElement;
  retry: HTMLButtonElement;
  empty: HTMLElement;
  voice: HTMLElement;
};

/**
 * What all elements have in common: a card with a heading, what is shown, and the states around it (loading, empty, failed,
 * stale, offline). An element says which store it follows and how its data are drawn.
 */
export abstract class LaurelElement<Data> extends Base {
  /** Attributes of every element; each adds its own. */
  static readonly observedAttributes: readonly string[] = [
    'endpoint',
    'access-key',
    'token-url',
    'lang',
    'heading',
    'heading-level',
  ];

  #frame: Frame | null = null;
  #client: Client | null = null;
  #store: Store<Data> | null = null;
  #stop: (() => void) | null = null;
  #planned = false;
  #isReady = false;
  #said = 0;
  #saying: ReturnType<typeof setTimeout> | undefined;

  /** The style of the element's own parts. */
  protected abstract readonly css: string;
  protected abstract readonly heading: TextName;
  protected abstract readonly emptyText: TextName;

  /** What to follow; null while an attribute is missing that it takes. */
  protected abstract open(client: Client, words: Words): Store<Data> | null;
  /** Makes the parts that stay. Called once. */
  protected abstract build(body: HTMLElement): void;
  /** Shows the data. `before` is what was shown; null at first. */
  protected abstract draw(data: Data, words: Words, before: Data | null): void;
  protected abstract isEmpty(data: Data): boolean;

  /** The data as they are shown now; null before there are any. */
  get data(): Data | null {
    return this.#store?.get().data ?? null;
  }

  connectedCallback(): void {
    this.#frame ??= this.#make();
    const unlisten = onConnect(() => this.#restart());
    this.#begin();
    const end = this.#stop;
    this.#stop = () => {
      unlisten();
      end?.();
    };
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = null;
    clearTimeout(this.#saying);
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before === after || this.#stop === null || this.#planned) return;
    this.#planned = true;
    // Several attributes that a framework sets one after the other are one change.
    queueMicrotask(() => {
      this.#planned = false;
      this.#restart();
    });
  }

  /** The connection that the element uses; null while there is none. */
  protected get client(): Client | null {
    return this.#client;
  }

  /** The words of the element's language: of its own `lang`, or the nearest around it, or the browser's. */
  protected get words(): Words {
    const own = this.closest('[lang]')?.getAttribute('lang');
    return wordsOf(own || navigator.language);
  }

  protected number(name: string, fallback: number): number {
    const value = Number.parseInt(this.getAttribute(name) ?? '', 10);
    return Number.isNaN(value) ? fallback : value;
  }

  /** Tells the page; the event comes through the shadow to whoever listens around. */
  protected tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`laurel-${type}`, { detail, bubbles: true, composed: true }));
  }

  /** Has a screen reader say something: at once for what the person did, or else at most every few seconds, the latest alone. */
  protected say(text: string, isAnswer = false): void {
    clearTimeout(this.#saying);
    const speak = (): void => {
      this.#said = Date.now();
      if (this.#frame !== null) setText(this.#frame.voice, text);
    };
    const waitMs = isAnswer ? 0 : Math.max(0, this.#said + SAY_EVERY_MS - Date.now());
    if (waitMs === 0) speak();
    else this.#saying = setTimeout(speak, waitMs);
  }

  #restart(): void {
    if (this.#stop === null) return;
    this.disconnectedCallback();
    this.connectedCallback();
  }

  #begin(): void {
    this.#client = clientOf(this);
    const store = this.#client === null ? null : this.open(this.#client, this.words);
    if (store !== this.#store) this.#isReady = false;
    this.#store = store;
    let before: Data | null = null;
    const show = (): void => {
      this.#show(store?.get() ?? { data: null, freshness: 'LOADING', asOf: null, error: null }, before);
      before = store?.get().data ?? null;
    };
    this.#stop = store === null ? (): void => undefined : store.listen(show);
    show();
  }

  #show(shown: Shown<Data>, before: Data | null): void {
    const frame = this.#frame;
    if (frame === null) return;
    const { words } = this;
    const { data, freshness, error } = shown;
    const hasFailed = freshness === 'FAILED';
    const level = this.number('heading-level', 2);
    setText(frame.title, this.getAttribute('heading') ?? words.text(this.heading));
    setAttributes(frame.title, { 'aria-level': level, hidden: level === 0 });
    setAttributes(frame.card, { 'data-freshness': freshness, 'aria-busy': String(freshness === 'LOADING') });
    setText(frame.state, stateText(shown, words));
    setAttributes(frame.state, { hidden: frame.state.textContent === '', 'data-state': freshness });
    setText(frame.problemText, words.text(problemName(error?.code)));
    setText(frame.retry, words.text('retry'));
    setText(frame.empty, words.text(this.emptyText));
    const isEmpty = data !== null && this.isEmpty(data);
    setAttributes(frame.problem, { hidden: !hasFailed });
    setAttributes(frame.wait, { hidden: data !== null || hasFailed });
    setAttributes(frame.empty, { hidden: !isEmpty || hasFailed });
    setAttributes(frame.body, { hidden: data === null || isEmpty || hasFailed });
    if (data !== null) this.draw(data, words, before);
    if (data !== null && !this.#isReady) {
      this.#isReady = true;
      this.tell('ready', data);
    }
    if (this.dataset['freshness'] === freshness) return;
    this.dataset['freshness'] = freshness;
    this.tell('state', { freshness, code: error?.code ?? null, message: error?.message ?? null });
  }

  #make(): Frame {
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = sheetsOf(this.css);
    const title = make('div', { class: 'title', part: 'title', role: 'heading', id: 'title' });
    const state = make('p', { class: 'state', part: 'state' });
    const body = make('div', { class: 'body', part: 'body' });
    const wait = make('div', { class: 'wait', 'aria-hidden': 'true' });
    for (let bone = 0; bone < BONES; bone += 1) wait.append(make('div', { class: 'bone' }));
    const problemText = make('span');
    const retry = make('button', { type: 'button', part: 'button' });
    retry.addEventListener('click', () => {
      this.#client?.retry();
      this.#restart();
    });
    const problem = make('div', { class: 'problem', part: 'problem', role: 'status' }, problemText, retry);
    const empty = make('p', { class: 'empty', part: 'empty' });
    // Polite: it waits until the person's screen reader has finished.
    const voice = make('p', { class: 'still', role: 'status', 'aria-live': 'polite' });
    const card = make(
      'section',
      { class: 'card', part: 'card', 'aria-labelledby': 'title' },
      make('div', { class: 'head', part: 'head' }, title, state),
      wait,
      problem,
      empty,
      body,
      voice,
    );
    this.build(body);
    root.append(card);
    return { card, title, state, body, wait, problem, problemText, retry, empty, voice };
  }
}

function stateText({ data, freshness, asOf }: Shown<unknown>, words: Words): string {
  const isAway = freshness === 'OFFLINE';
  if (data === null || asOf === null) return isAway ? words.text('noLine') : '';
  if (isAway) return words.text('offline', { time: words.time(asOf) });
  return freshness === 'STALE' ? words.text('stale', { time: words.time(asOf) }) : '';
}

function problemName(code: string | undefined): TextName {
  if (code === 'REFUSED' || code === 'UNAUTHENTICATED' || code === 'FORBIDDEN') return 'refused';
  return code === 'ENDED' ? 'ended' : 'failed';
}

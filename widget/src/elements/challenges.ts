import type { Client } from '../client/client.ts';
import { challengesStore, claimPrize, joinChallenge, type Challenge, type Challenges } from '../store/challenges.ts';
import type { Store } from '../store/store.ts';
import type { Words } from '../texts/words.ts';
import { progressBar, type ProgressBar } from './bar.ts';
import { keyedList, make, setAttributes, setText, type KeyedList } from './dom.ts';
import { LaurelElement } from './element.ts';
import { flash } from './motion.ts';

const CSS = `
.list{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,270px),1fr));gap:14px}
.challenge{border:1px solid var(--_line);border-radius:calc(var(--laurel-radius,14px)*.8);padding:14px;display:flex;flex-direction:column;gap:8px}
.challenge p{margin:0}
.challenge[data-state=done]{background:var(--_accent-soft)}
.name{font-weight:650;overflow-wrap:anywhere}
.description,.soft{color:var(--_soft);font-size:.88em}
.challenge[data-state=done] .description,.challenge[data-state=done] .soft{color:var(--_ink)}
.soft:empty,.description:empty,.alert:empty{display:none}
.steps{display:flex;flex-direction:column;gap:10px;flex:1}
.step{display:grid;grid-template-columns:1fr auto;gap:2px 10px;font-size:.92em}
.step .bar{grid-column:1/-1}
.step .count{font-variant-numeric:tabular-nums;color:var(--_soft)}
.challenge[data-state=done] .count{color:var(--_ink)}
.foot{display:flex;flex-wrap:wrap;justify-content:space-between;gap:2px 12px}
.worth{font-weight:600}
.alert{color:var(--_alert);font-size:.9em}
`;

type Step = Challenge['steps'][number];
type Card = { update: (challenge: Challenge) => void };

/**
 * `<laurel-challenges>`: what there is to do and how far it is, with joining and claiming. Tells `laurel-challenge` when one
 * moves, `laurel-claimed` when a prize is.
 */
export class LaurelChallenges extends LaurelElement<Challenges> {
  protected readonly css = CSS;
  protected readonly heading = 'challenges';
  protected readonly emptyText = 'emptyChallenges';
  readonly #list = make('ul', { class: 'list' });
  #draw: KeyedList<Challenge> = () => undefined;

  protected open(client: Client, words: Words): Store<Challenges> {
    return challengesStore(client, { locale: words.locale });
  }

  protected build(body: HTMLElement): void {
    const cards = new WeakMap<HTMLElement, Card>();
    this.#draw = keyedList(
      this.#list,
      ({ challenge }) => challenge.id,
      (challenge) => {
        const { element, update } = this.#card(challenge);
        cards.set(element, { update });
        return element;
      },
      (element, challenge) => cards.get(element)?.update(challenge),
    );
    body.append(this.#list);
  }

  protected isEmpty({ challenges }: Challenges): boolean {
    return challenges.length === 0;
  }

  protected draw({ challenges, news }: Challenges, words: Words, before: Challenges | null): void {
    this.#draw(challenges);
    if (news === null || before === null || news.id === before.news?.id) return;
    this.tell('challenge', news);
    if (news.isCompleted) this.say(words.text('completed', { name: news.name }), true);
  }

  #card(first: Challenge): { element: HTMLElement } & Card {
    let current = first;
    const title = make('div', { class: 'name', part: 'name', role: 'heading', 'aria-level': 3 });
    const description = make('p', { class: 'description', part: 'description' });
    const steps = make('ul', { class: 'steps' });
    const worth = make('span', { class: 'worth' });
    const time = make('span', { class: 'soft' });
    const state = make('p', { class: 'soft', part: 'state' });
    const alert = make('p', { class: 'alert', role: 'alert' });
    const button = make('button', { type: 'button', class: 'main', part: 'button' });
    const foot = make('p', { class: 'foot' }, worth, time);
    const element = make(
      'li',
      { class: 'challenge', part: 'challenge' },
      title,
      description,
      steps,
      foot,
      state,
      button,
      alert,
    );
    const drawSteps = stepList(steps, () => this.words);
    button.addEventListener('click', () => void this.#act(current, button, alert));

    const update = (challenge: Challenge): void => {
      const { words } = this;
      const isDone = challenge.run?.state === 'COMPLETED';
      if (isDone && current.run?.state !== 'COMPLETED') flash(element);
      current = challenge;
      const { name, description: about, reward, code } = challenge.challenge;
      setText(title, name);
      setText(description, about);
      drawSteps(challenge.steps);
      setText(worth, reward === null ? '' : words.text('worth', { points: words.points(reward.points) }));
      const end = challenge.run?.endsAt ?? challenge.challenge.validUntil;
      setText(time, end === null || isDone ? '' : words.text('endsBy', { time: words.soon(end) }));
      setText(state, stateText(challenge, words));
      showAction(button, challenge, words);
      setAttributes(element, { 'data-challenge': code, 'data-state': isDone ? 'done' : (challenge.closed ?? 'open') });
    };
    return { element, update };
  }

  async #act({ prize, challenge }: Challenge, button: HTMLElement, alert: HTMLElement): Promise<void> {
    const { client, words } = this;
    if (client === null || button.getAttribute('aria-disabled') === 'true') return;
    setAttributes(button, { 'aria-disabled': 'true' });
    setText(alert, '');
    const isClaim = prize?.state === 'CLAIMABLE';
    const asked = isClaim ? claimPrize(client, prize.id) : joinChallenge(client, challenge.code);
    const refusal = await asked.catch(() => words.text('failed'));
    setAttributes(button, { 'aria-disabled': null });
    if (refusal !== null) return setText(alert, refusal);
    if (!isClaim) return;
    this.tell('claimed', { challenge: challenge.code, points: prize.points, currency: prize.currency });
    this.say(words.text('given', { points: words.points(prize.points) }), true);
  }
}

function stepList(parent: HTMLElement, words: () => Words): KeyedList<Step> {
  const bars = new WeakMap<HTMLElement, ProgressBar>();
  return keyedList(
    parent,
    ({ step }) => step.code,
    () => {
      const bar = progressBar();
      const item = make(
        'li',
        { class: 'step', part: 'step' },
        make('span'),
        make('span', { class: 'count' }),
        bar.element,
      );
      bars.set(item, bar);
      return item;
    },
    (item, { amount, step }) => {
      const [name, count] = item.children;
      const said = { amount: words().number(amount), target: words().number(step.target) };
      setText(name as Node, step.name);
      setText(count as Node, words().text('stepOf', said));
      bars.get(item)?.show(Number(amount), Number(step.target), step.name);
    },
  );
}

/** What there is to say beside the steps: why nothing counts, what was got, who else takes part. */
function stateText({ closed, prize, completions, contributors, run, challenge }: Challenge, words: Words): string {
  const said: string[] = [];
  const isDone = run?.state === 'COMPLETED';
  if (completions > 1) said.push(words.text('doneTimes', { n: completions }));
  else if (isDone) said.push(words.text('done'));
  if (prize?.state === 'GIVEN') said.push(words.text('given', { points: words.points(prize.points) }));
  if (prize?.state === 'EXPIRED') said.push(words.text('lapsed'));
  if (prize?.state === 'CLAIMABLE' && prize.claimUntil !== null)
    said.push(words.text('claimBy', { time: words.soon(prize.claimUntil) }));
  if (challenge.goal !== 'PERSONAL' && contributors !== null) said.push(words.text('together', { n: contributors }));
  if (closed !== null && !isDone) {
    const from = closed === 'NOT_YET' && challenge.validFrom !== null ? words.day(challenge.validFrom) : '';
    said.push(words.text(closed, { from }).trim());
  }
  return said.join(' · ');
}

function showAction(button: HTMLElement, { prize, canJoin, challenge: { name } }: Challenge, words: Words): void {
  const isClaim = prize?.state === 'CLAIMABLE';
  const asked = { name, points: words.points(prize?.points ?? 0) };
  setAttributes(button, {
    hidden: !isClaim && !canJoin,
    'aria-label': words.text(isClaim ? 'claimNamed' : 'joinNamed', asked),
  });
  setText(button, words.text(isClaim ? 'claim' : 'join', asked));
}

import { newKey } from '../store/key.ts';
import { answerOf, modeOf, type Reward } from '../store/rewards.ts';
import type { Words } from '../texts/words.ts';
import { progressBar } from './bar.ts';
import { icon, make, setAttributes, setText } from './dom.ts';
import { iconOf } from './reward-icons.ts';
import { priceText, refusalText } from './reward-words.ts';

/** What a card needs of its list. */
export type RewardDesk = {
  words(): Words;
  /** Redeems for the person; gives what to say beside the card when it did not work. */
  redeem(reward: Reward, stepUpCode: string | null, idempotencyKey: string): Promise<string | null>;
  /** The person is about to confirm something that takes a code. */
  askForCode(reward: Reward): void;
};

export type RewardCard = { element: HTMLElement; update(reward: Reward): void };

/**
 * One reward: what it is and costs, how far the points are, why it is closed. Pressing the button opens a question within the
 * card; Escape or Cancel closes it and gives the keyboard its place back. A closed reward keeps its button in reach, so that
 * its reason is read out.
 */
export function rewardCard(first: Reward, desk: RewardDesk): RewardCard {
  const ids = { name: `name-${first.code}`, why: `why-${first.code}` };
  const picture = make('span', { class: 'picture', part: 'picture' });
  const name = make('div', { class: 'name', part: 'name', role: 'heading', 'aria-level': 3, id: ids.name });
  const description = make('p', { class: 'description', part: 'description' });
  const price = make('strong', { part: 'price' });
  const stock = make('span', { class: 'soft' });
  const way = progressBar();
  const why = make('p', { class: 'soft', part: 'why', id: ids.why });
  const button = make('button', { type: 'button', class: 'main', part: 'button', 'aria-describedby': ids.why });
  const question = confirmation(desk, () => reward, button);
  const element = make(
    'li',
    { class: 'reward', part: 'reward', 'aria-labelledby': ids.name },
    make('div', { class: 'what' }, picture, name),
    description,
    make('p', { class: 'cost' }, price, stock),
    way.element,
    why,
    button,
    question.element,
  );
  let reward = first;

  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') question.open();
  });

  function update(next: Reward): void {
    reward = next;
    const words = desk.words();
    const { texts, stockLeft } = reward;
    const answer = answerOf(reward);
    // What the person types in the question is no reason to keep it from opening.
    const refusals = answer.refusals.filter(({ kind }) => kind !== 'RewardStepUpRequired');
    const short = refusals.length === 1 && refusals[0]?.kind === 'RewardPointsMissing' ? refusals[0] : null;
    element.dataset['reward'] = reward.code;
    showPicture(picture, reward);
    for (const target of [name, description]) setAttributes(target, { lang: texts.locale });
    setText(name, texts.name);
    setText(description, [texts.description, texts.terms].filter(Boolean).join(' '));
    setText(price, priceText(answer, words));
    setText(stock, stockLeft === null ? '' : words.text('left', { n: stockLeft }));
    setText(why, refusals.map((refusal) => refusalText(refusal, words)).join('. '));
    setAttributes(way.element, { hidden: short === null });
    if (short !== null) {
      way.show(Math.max(0, short.available), short.needed, words.text('wayToReward', { name: texts.name }));
    }
    const isIssue = modeOf(reward) === 'ISSUE';
    setText(button, words.text(isIssue ? 'redeem' : 'reserve'));
    setAttributes(button, {
      'aria-label': words.text(isIssue ? 'redeemNamed' : 'reserveNamed', { name: texts.name }),
      'aria-disabled': String(refusals.length > 0),
    });
    question.update();
  }

  return { element, update };
}

type Confirmation = { element: HTMLElement; open(): void; update(): void };

/** The question before points are spent, with a field for the code that some rewards ask for. */
function confirmation(desk: RewardDesk, current: () => Reward, opener: HTMLElement): Confirmation {
  const text = make('p', { class: 'ask' });
  const code = make('input', { inputmode: 'numeric', autocomplete: 'one-time-code', maxlength: 12, part: 'input' });
  const codeText = make('span');
  const label = make('label', { class: 'code' }, codeText, code);
  const yes = make('button', { type: 'submit', class: 'main', part: 'button confirm' });
  const no = make('button', { type: 'button', part: 'button cancel' });
  const problem = make('p', { class: 'alert', role: 'alert', part: 'alert' });
  const element = make(
    'form',
    { class: 'question', part: 'question', hidden: true },
    text,
    label,
    make('div', { class: 'answers' }, yes, no),
    problem,
  );
  /** Made once a question: asking again after a broken line cannot take the reward twice. */
  let key = '';
  let isBusy = false;

  function close(): void {
    setAttributes(element, { hidden: true });
    setAttributes(opener, { hidden: null });
    opener.focus();
  }
  function update(): void {
    const words = desk.words();
    const reward = current();
    const answer = answerOf(reward);
    const isFree = answer.points === 0 && answer.money === null;
    const asked = { name: reward.texts.name, points: priceText(answer, words) };
    setText(text, words.text(isFree ? 'confirmFree' : 'confirmRedeem', asked));
    setText(codeText, words.text('codeLabel'));
    setAttributes(label, { hidden: !reward.asksStepUp });
    setAttributes(code, { required: reward.asksStepUp });
    setText(yes, words.text(isBusy ? 'busy' : modeOf(reward) === 'ISSUE' ? 'confirm' : 'confirmReserve'));
    setAttributes(yes, { 'aria-disabled': String(isBusy) });
    setText(no, words.text('cancel'));
  }
  async function submit(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    setText(problem, '');
    update();
    const reason = await desk.redeem(current(), current().asksStepUp ? code.value.trim() : null, key);
    isBusy = false;
    update();
    if (reason === null) return close();
    setText(problem, reason);
    code.select();
  }

  no.addEventListener('click', close);
  element.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  return {
    element,
    update,
    open() {
      key = newKey();
      code.value = '';
      setText(problem, '');
      setAttributes(element, { hidden: null });
      setAttributes(opener, { hidden: true });
      if (current().asksStepUp) desk.askForCode(current());
      (current().asksStepUp ? code : yes).focus();
    },
  };
}

function showPicture(picture: HTMLElement, { imageUrl, kind }: Reward): void {
  const shown = picture.dataset['of'];
  const wanted = imageUrl ?? kind;
  if (shown === wanted) return;
  picture.dataset['of'] = wanted;
  const image = imageUrl === null ? icon(iconOf(kind)) : make('img', { src: imageUrl, alt: '', loading: 'lazy' });
  picture.replaceChildren(image);
}

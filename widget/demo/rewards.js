// The catalogue of rewards: what each costs this customer, why one is closed, and redeeming.
import { request } from './live.js';
import { at, createRefresh, element, money, number, points, setText } from './page.js';
import { REDEMPTION, takeRedemptions } from './redemptions.js';

const MONEY = 'money { amount currency }';
const CATALOGUE = `query Catalogue {
  rewards(first: 24) {
    nodes {
      code kind stockLeft
      texts { locale name description terms }
      price { ${MONEY} }
      issued: canRedeem { ...Answer }
      reserved: canRedeem(mode: RESERVE) { ...Answer }
    }
  }
}
fragment Answer on RewardEligibility {
  __typename
  ... on RewardOpen { points ${MONEY} }
  ... on RewardClosed { points ${MONEY} refusals { code message ... on RewardPointsMissing { needed available } } }
}`;
const REDEEM = `${REDEMPTION}
mutation Redeem($input: RewardRedeemInput!) {
  rewardRedeem(input: $input) {
    __typename
    ... on RewardRedeemPayload { redemption { ...Shown } }
    ... on RedemptionRefusedError { refusals { message } }
    ... on UserError { message }
  }
}`;
/** Nobody tells this page that another customer took a piece, so it looks from time to time while somebody looks at it. */
const LOOK_EVERY_MS = 20_000;

const cards = new Map();
let account = null;
let refresh = async () => {};

setInterval(() => !document.hidden && refreshRewards(), LOOK_EVERY_MS);
document.addEventListener('visibilitychange', () => !document.hidden && refreshRewards());

/** Shows the catalogue as it is for the signed-in customer. */
export function showRewards(given) {
  account = given;
  cards.clear();
  at('rewards').replaceChildren();
  tell('', false);
  refresh = createRefresh(async () => {
    const { rewards } = await request(given.session.token, CATALOGUE, {});
    if (given === account) draw(rewards.nodes);
  });
  refreshRewards();
}

/** Reads the catalogue again: points, tier or stock may have changed what can be had. */
export function refreshRewards() {
  void refresh();
}

/** Cards are kept and changed in place, so that whoever stands on a button with the keyboard stays there. */
function draw(rewards) {
  at('no-rewards').hidden = rewards.length > 0;
  const shown = [...at('rewards').children].map(({ dataset }) => dataset.reward);
  for (const reward of rewards) if (!cards.has(reward.code)) cards.set(reward.code, makeCard(reward));
  if (shown.join() !== rewards.map(({ code }) => code).join())
    at('rewards').replaceChildren(...rewards.map(({ code }) => cards.get(code).item));
  for (const reward of rewards) update(cards.get(reward.code), reward);
}

function makeCard({ code, kind }) {
  const parts = {
    name: element('h3', ''),
    description: element('p', 'description'),
    price: element('strong', ''),
    stock: element('span', 'stock'),
    way: element('progress', ''),
    why: element('p', 'why'),
    button: element('button', ''),
  };
  parts.why.id = `why-${code}`;
  parts.button.type = 'button';
  parts.button.setAttribute('aria-describedby', parts.why.id);
  parts.button.addEventListener('click', () => void redeem(code));
  const head = element('div', 'reward-head', icon(kind), parts.name);
  const price = element('p', 'price', parts.price, parts.stock);
  const item = element('li', 'reward', head, parts.description, price, parts.way, parts.why, parts.button);
  item.dataset.reward = code;
  return { item, ...parts, reward: null, busy: false };
}

function icon(kind) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', at(`kind-${kind}`) ? `#kind-${kind}` : '#kind-GIFT');
  made.setAttribute('aria-hidden', 'true');
  made.append(use);
  return made;
}

function update(card, reward) {
  const { texts, stockLeft } = reward;
  // A customer's own token only reserves what costs money: the shop issues it once it is paid.
  const mode = reward.price.money === null ? 'ISSUE' : 'RESERVE';
  const answer = mode === 'ISSUE' ? reward.issued : reward.reserved;
  const refusals = answer.refusals ?? [];
  // How far the points are matters only where they are all that is missing.
  const short = refusals.length === 1 && refusals[0].needed !== undefined ? refusals[0] : undefined;
  card.reward = { code: reward.code, name: texts.name, mode, isOpen: refusals.length === 0 };
  card.name.lang = card.description.lang = texts.locale;
  setText(card.name, texts.name);
  setText(card.description, [texts.description, texts.terms].filter(Boolean).join(' '));
  setText(card.price, answer.points === 0 ? 'Free' : points(answer.points));
  if (answer.money !== null) setText(card.price, `${points(answer.points)} + ${money(answer.money)}`);
  setText(card.stock, stockLeft === null ? '' : `${number(stockLeft)} left`);
  setText(card.why, refusals.map(({ message }) => message).join(' '));
  card.way.hidden = short === undefined;
  card.way.ariaLabel = `Your points of those that ${texts.name} costs`;
  if (short !== undefined) {
    card.way.max = short.needed;
    card.way.value = Math.max(0, short.available);
  }
  card.item.classList.toggle('closed', !card.reward.isOpen);
  showButton(card);
}

/** A closed reward keeps its button in reach of the keyboard, so that its reason is read out. */
function showButton({ button, reward, busy }) {
  setText(button, busy ? 'One moment' : reward.mode === 'ISSUE' ? 'Redeem' : 'Reserve');
  button.setAttribute('aria-label', `${button.textContent}: ${reward.name}`);
  button.setAttribute('aria-disabled', String(busy || !reward.isOpen));
}

/** Redeems one piece. The key is made once a press, so that a repeated request cannot take it twice. */
async function redeem(code) {
  const card = cards.get(code);
  if (card.busy || !card.reward.isOpen) return;
  const { name, mode } = card.reward;
  card.busy = true;
  showButton(card);
  try {
    const input = { reward: code, mode, idempotencyKey: crypto.randomUUID() };
    const { rewardRedeem } = await request(account.session.token, REDEEM, { input });
    if (rewardRedeem.redemption) {
      takeRedemptions([rewardRedeem.redemption]);
      tell(newsOf(name, rewardRedeem.redemption), false);
    } else tell(rewardRedeem.refusals?.map(({ message }) => message).join(' ') ?? rewardRedeem.message, true);
  } catch (error) {
    tell(error.message, true);
  } finally {
    card.busy = false;
    showButton(card);
    refreshRewards();
  }
}

function newsOf(name, { state, code, byHand }) {
  if (state === 'RESERVED') return `${name} is reserved for you.`;
  if (code !== null) return `${name} is yours. Your code: ${code}`;
  return byHand ? `${name} is yours, and on its way to you.` : `${name} is yours. Thank you!`;
}

function tell(text, isProblem) {
  const news = at('reward-news');
  news.textContent = text;
  news.classList.toggle('problem', isProblem);
}

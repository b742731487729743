// What the customer has redeemed, as it changes.
import { request } from './live.js';
import { at, clock, day, element, money, points } from './page.js';

/** Of a redemption, all that the page shows. */
export const REDEMPTION = `fragment Shown on Redemption {
  id version state byHand quantity points code requestedAt expiresAt
  money { amount currency }
  texts { locale name }
}`;
const CHANGED = `${REDEMPTION}
subscription Redemptions { redemptionChanged { isSnapshot redemptions { ...Shown } } }`;
const CANCEL = `mutation Cancel($input: RedemptionCancelInput!) {
  redemptionCancel(input: $input) { __typename ... on UserError { message } }
}`;
const SHOWN = 8;

const STATES = {
  RESERVED: ({ expiresAt, money: due }) =>
    `reserved until ${clock(expiresAt)}${due === null ? '' : `, ${money(due)} to pay`}`,
  ISSUED: ({ byHand, expiresAt }) =>
    byHand ? 'on its way to you' : expiresAt === null ? 'yours' : `valid until ${day(expiresAt)}`,
  USED: () => 'used',
  FULFILLED: () => 'delivered',
  CANCELLED: () => 'cancelled, points returned',
  EXPIRED: () => 'its time is over',
};

const known = new Map();
let account = null;

/** Lists the customer's redemptions and tells `onRedemption` of each change. */
export function followRedemptions(given) {
  account = given;
  known.clear();
  at('redemption-news').textContent = '';
  draw();
  account.live.subscribe(
    CHANGED,
    {},
    ({ redemptionChanged: { isSnapshot, redemptions } }) => {
      if (isSnapshot) known.clear();
      else announce(redemptions.filter(({ id, version }) => version > (known.get(id)?.version ?? 0)));
      takeRedemptions(redemptions);
      given.onRedemption();
    },
    account.showProblem,
  );
}

/** Puts in what is newer than what is shown: answers and messages may overtake each other. */
export function takeRedemptions(redemptions) {
  for (const redemption of redemptions)
    if (redemption.version >= (known.get(redemption.id)?.version ?? 0)) known.set(redemption.id, redemption);
  draw();
}

function announce(redemptions) {
  const news = redemptions.map((it) => `${it.texts.name}: ${STATES[it.state]?.(it) ?? it.state}`);
  if (news.length > 0) at('redemption-news').textContent = news.join('. ');
}

function draw() {
  const newest = [...known.values()]
    .toSorted((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt))
    .slice(0, SHOWN);
  at('redemptions').replaceChildren(...newest.map(row));
  at('redemptions-title').hidden = newest.length === 0;
}

function row(redemption) {
  const { id, state, texts, code, quantity, requestedAt, points: spent } = redemption;
  const name = element('strong', '', quantity === 1 ? texts.name : `${quantity} × ${texts.name}`);
  name.lang = texts.locale;
  const time = element('small', '', `${day(requestedAt)}, ${clock(requestedAt)}, ${points(spent)}`);
  const item = element('li', '', element('div', 'redemption-name', name, time));
  item.dataset.redemption = id;
  item.dataset.state = state;
  if (code !== null) item.append(element('code', '', code));
  item.append(element('span', 'state', STATES[state]?.(redemption) ?? state));
  if (state === 'RESERVED') {
    const cancel = element('button', '', 'Cancel');
    cancel.type = 'button';
    cancel.setAttribute('aria-label', `Cancel ${texts.name}`);
    cancel.addEventListener('click', () => void cancelReservation(id, cancel));
    item.append(cancel);
  }
  return item;
}

async function cancelReservation(redemptionId, button) {
  button.disabled = true;
  try {
    const input = { redemptionId, idempotencyKey: crypto.randomUUID() };
    const { redemptionCancel } = await request(account.session.token, CANCEL, { input });
    if (redemptionCancel.message) account.showProblem(redemptionCancel.message);
  } catch (error) {
    account.showProblem(error.message);
    button.disabled = false;
  }
}

import { connect, request } from './live.js';

const ROW = 'rank position score customerId displayName';
const BOARD = `subscription Board($code: String!) {
  leaderboardChanged(code: $code, top: 10, aroundMe: true, radius: 2) {
    isSnapshot state entryCount seasonKey
    top { entered { ${ROW} } updated { ${ROW} } left }
    around { entered { ${ROW} } updated { ${ROW} } left }
  }
}`;
const BALANCE = 'subscription Balance { balanceChanged { balances { currency { code } available pending held } } }';
const EFFECTS = `subscription Effects {
  activityEffects { isReversal activity { id occurredAt type { name } effects { __typename ... on PointsEarned { points ruleName cappedBy } ... on PointsReleased { points } } } }
}`;
const TRACK = `mutation Track($input: ActivityTrackInput!) {
  activityTrack(input: $input) {
    __typename
    ... on ActivityTrackPayload { effects { __typename } }
    ... on UserError { message }
  }
}`;
const EFFECTS_SHOWN = 8;

const at = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat();

let session = null;
let live = null;
let stopBoard = () => {};
const lists = { top: new Map(), around: new Map() };

await become(new URLSearchParams(location.search).get('customer') ?? '');

at('customer').addEventListener('change', ({ target }) => {
  history.replaceState(null, '', `?customer=${encodeURIComponent(target.value)}`);
  void become(target.value);
});
for (const tab of at('tabs').children) tab.addEventListener('click', () => showBoard(tab));
for (const button of at('actions').children) button.addEventListener('click', () => void act(button));

/** Signs in as a customer of the demo program and starts all streams. */
async function become(customer) {
  live?.close();
  const response = await fetch(`/demo/session?customer=${encodeURIComponent(customer)}`);
  if (!response.ok) return showProblem('The demo program is not there. Start Laurel with npm start.');
  session = await response.json();
  fillCustomers();
  at('effects').replaceChildren();
  at('no-effects').hidden = false;
  live = connect({ token: session.token, onState: showConnection });
  live.subscribe(BALANCE, {}, showBalance, showProblem);
  live.subscribe(EFFECTS, {}, showEffects, showProblem);
  showBoard(document.querySelector('#tabs [aria-selected="true"]'));
}

function fillCustomers() {
  const known = session.customers.some(({ externalId }) => externalId === session.externalId);
  const offered = known
    ? session.customers
    : [{ externalId: session.externalId, displayName: null }, ...session.customers];
  at('customer').replaceChildren(
    ...offered.map(
      ({ externalId, displayName }) =>
        new Option(displayName ?? externalId, externalId, false, externalId === session.externalId),
    ),
  );
}

function showConnection(state) {
  at('connection').dataset.state = state;
  at('connection').textContent = { connecting: 'connecting', live: 'live', away: 'reconnecting' }[state];
}

function showProblem(text) {
  at('problem').textContent = text;
  at('problem').hidden = text === '';
}

function showBoard(tab) {
  for (const other of at('tabs').children) other.setAttribute('aria-selected', String(other === tab));
  stopBoard();
  stopBoard = live.subscribe(
    BOARD,
    { code: tab.dataset.board },
    ({ leaderboardChanged }) => applyBoard(leaderboardChanged),
    showProblem,
  );
}

/** Patches the lists as the subscription describes: drop what left, put in what entered or changed, order by position. */
function applyBoard(change) {
  for (const name of ['top', 'around']) {
    if (change.isSnapshot) lists[name].clear();
    const { entered, updated, left } = change[name] ?? { entered: [], updated: [], left: [] };
    for (const id of left) lists[name].delete(id);
    for (const row of [...entered, ...updated]) lists[name].set(row.customerId, row);
    const moved = change.isSnapshot ? [] : [...entered, ...updated].map((row) => row.customerId);
    drawList(
      at(name),
      [...lists[name].values()].toSorted((a, b) => a.position - b.position),
      new Set(moved),
    );
  }
  at('empty').hidden = lists.top.size > 0;
  at('around').hidden = at('around-title').hidden = lists.around.size === 0;
  const season = change.seasonKey === 'all' ? 'all time' : change.seasonKey;
  at('board-note').textContent =
    `${numbers.format(change.entryCount)} customers, ${season}${change.state === 'LIVE' ? '' : ', catching up'}`;
}

function drawList(list, rows, moved) {
  list.replaceChildren(
    ...rows.map((row) => {
      const item = document.createElement('li');
      item.dataset.rank = row.rank;
      item.dataset.customer = row.customerId;
      item.classList.toggle('me', row.customerId === session.customerId);
      item.classList.toggle('moved', moved.has(row.customerId));
      item.append(
        cell('rank', row.rank),
        cell('name', row.displayName ?? 'A customer'),
        cell('score', numbers.format(row.score)),
      );
      return item;
    }),
  );
}

function cell(name, text) {
  const span = document.createElement('span');
  span.className = name;
  span.textContent = text;
  return span;
}

function showBalance({ balanceChanged }) {
  for (const balance of balanceChanged.balances) {
    if (balance.currency.code !== 'points') continue;
    for (const bucket of ['available', 'pending', 'held']) at(bucket).textContent = numbers.format(balance[bucket]);
  }
}

function showEffects({ activityEffects: { activity, isReversal } }) {
  at('no-effects').hidden = true;
  const said = activity.effects.map(({ __typename, points, ruleName, cappedBy }) =>
    __typename === 'PointsEarned'
      ? `+${points} points: ${ruleName}${cappedBy ? ' (cap reached)' : ''}`
      : `${points} points released`,
  );
  const item = document.createElement('li');
  const time = document.createElement('time');
  time.dateTime = activity.occurredAt;
  time.textContent = `${activity.type.name}, ${new Date(activity.occurredAt).toLocaleTimeString()}${isReversal ? ', undone' : ''}`;
  item.append(said.join(', ') || 'No points this time: a cap is reached.', time);
  at('effects').prepend(item);
  while (at('effects').children.length > EFFECTS_SHOWN) at('effects').lastChild.remove();
}

/** Tracks one activity. The key is made once a press, so that a repeated request cannot count twice. */
async function act(button) {
  button.disabled = true;
  showProblem('');
  try {
    const properties = button.dataset.type === 'review_written' ? { stars: 5 } : {};
    const input = { idempotencyKey: crypto.randomUUID(), type: button.dataset.type, channel: 'WEB', properties };
    const { activityTrack } = await request(session.token, TRACK, { input });
    if (activityTrack.message) showProblem(activityTrack.message);
  } catch (error) {
    showProblem(error.message);
  } finally {
    button.disabled = false;
  }
}

// The leaderboard: a snapshot, then changes, which are patched into the two lists.
import { at, element, number } from './page.js';

const ROW = 'rank position score customerId displayName';
const BOARD = `subscription Board($code: String!) {
  leaderboardChanged(code: $code, top: 10, aroundMe: true, radius: 2) {
    isSnapshot state entryCount seasonKey
    top { entered { ${ROW} } updated { ${ROW} } left }
    around { entered { ${ROW} } updated { ${ROW} } left }
  }
}`;

const lists = { top: new Map(), around: new Map() };
let account = null;
let stop = () => {};

for (const tab of at('tabs').children)
  tab.addEventListener('click', () => {
    for (const other of at('tabs').children) other.setAttribute('aria-selected', String(other === tab));
    followSeason();
  });

/** Follows the board of the chosen season for the signed-in customer. */
export function followBoard(given) {
  account = given;
  followSeason();
}

function followSeason() {
  const { session, live, showProblem } = account;
  stop();
  const code = document.querySelector('#tabs [aria-selected="true"]').dataset.board;
  const show = ({ leaderboardChanged }) => apply(leaderboardChanged, session.customerId);
  stop = live.subscribe(BOARD, { code }, show, showProblem);
}

/** Patches the lists as the subscription describes: drop what left, put in what entered or changed, order by position. */
function apply(change, me) {
  for (const name of ['top', 'around']) {
    if (change.isSnapshot) lists[name].clear();
    const { entered, updated, left } = change[name] ?? { entered: [], updated: [], left: [] };
    for (const id of left) lists[name].delete(id);
    for (const row of [...entered, ...updated]) lists[name].set(row.customerId, row);
    const moved = change.isSnapshot ? [] : [...entered, ...updated].map((row) => row.customerId);
    const rows = [...lists[name].values()].toSorted((a, b) => a.position - b.position);
    at(name).replaceChildren(...rows.map((row) => standing(row, me, moved.includes(row.customerId))));
  }
  at('empty').hidden = lists.top.size > 0;
  at('around').hidden = at('around-title').hidden = lists.around.size === 0;
  const season = change.seasonKey === 'all' ? 'all time' : change.seasonKey;
  at('board-note').textContent =
    `${number(change.entryCount)} customers, ${season}${change.state === 'LIVE' ? '' : ', catching up'}`;
}

function standing({ rank, customerId, displayName, score }, me, hasMoved) {
  const item = element(
    'li',
    '',
    element('span', 'rank', String(rank)),
    element('span', 'name', displayName ?? 'A customer'),
    element('span', 'score', number(score)),
  );
  item.dataset.rank = rank;
  item.dataset.customer = customerId;
  item.classList.toggle('me', customerId === me);
  item.classList.toggle('moved', hasMoved);
  return item;
}

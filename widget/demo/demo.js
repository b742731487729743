// The page as a whole: who is signed in, and which parts follow what.
import { followActivities } from './activity.js';
import { followBoard } from './board.js';
import { refreshEarning, showEarning } from './earning.js';
import { connect } from './live.js';
import { at, number } from './page.js';
import { followRedemptions } from './redemptions.js';
import { refreshRewards, showRewards } from './rewards.js';
import { followStatus, refreshStatus } from './status.js';

const BALANCE = 'subscription Balance { balanceChanged { balances { currency { code } available pending held } } }';

let live = null;

await become(new URLSearchParams(location.search).get('customer') ?? '');

at('customer').addEventListener('change', ({ target }) => {
  history.replaceState(null, '', `?customer=${encodeURIComponent(target.value)}`);
  void become(target.value);
});

/** Signs in as a customer of the demo program and starts all streams. */
async function become(customer) {
  live?.close();
  const response = await fetch(`/demo/session?customer=${encodeURIComponent(customer)}`);
  if (!response.ok) return showProblem('The demo program is not there. Start Laurel with npm start.');
  const session = await response.json();
  fillCustomers(session);
  live = connect({ token: session.token, onState: showConnection });
  const account = { session, live, showProblem };
  live.subscribe(BALANCE, {}, showBalance, showProblem);
  followActivities({ ...account, onActivity: () => [refreshStatus, refreshEarning].forEach((refresh) => refresh()) });
  followBoard(account);
  followStatus({ ...account, onTier: refreshRewards });
  followRedemptions({ ...account, onRedemption: refreshRewards });
  showRewards(account);
  showEarning(account);
}

function fillCustomers({ customers, externalId: own }) {
  const known = customers.some(({ externalId }) => externalId === own);
  const offered = known ? customers : [{ externalId: own, displayName: null }, ...customers];
  at('customer').replaceChildren(
    ...offered.map(
      ({ externalId, displayName }) => new Option(displayName ?? externalId, externalId, false, externalId === own),
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

/** What can be redeemed, and how near the next step is, follow the points. */
function showBalance({ balanceChanged }) {
  for (const balance of balanceChanged.balances) {
    if (balance.currency.code !== 'points') continue;
    for (const bucket of ['available', 'pending', 'held']) at(bucket).textContent = number(balance[bucket]);
  }
  refreshRewards();
  refreshStatus();
}

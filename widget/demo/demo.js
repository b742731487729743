// The page as a whole: who is signed in, and which parts follow what. Boards, balances, challenges, badges, streaks and
// rewards are elements of the kit, which connect themselves; this page adds what no kit can know.
import { followActivities } from './activity.js';
import { refreshEarning, showEarning } from './earning.js';
import { at } from './page.js';
import { followStatus, refreshStatus } from './status.js';

const STATES = { IDLE: 'connecting', CONNECTING: 'connecting', LIVE: 'live' };
const SAYINGS = { connecting: 'connecting', live: 'live', away: 'reconnecting' };

await become(new URLSearchParams(location.search).get('customer') ?? '');

at('customer').addEventListener('change', ({ target }) => {
  history.replaceState(null, '', `?customer=${encodeURIComponent(target.value)}`);
  void become(target.value);
});

for (const tab of at('tabs').children)
  tab.addEventListener('click', () => {
    for (const other of at('tabs').children) other.setAttribute('aria-pressed', String(other === tab));
    at('board').setAttribute('board', tab.dataset.board);
  });

// How near the next step is follows the points.
document.addEventListener('laurel-balance', refreshStatus);

/** A session of a customer of the demo program, by the stand-in for the tenant's own server; null without one. */
async function signIn(customer) {
  const response = await fetch(`/demo/session?customer=${encodeURIComponent(customer)}`);
  return response.ok ? response.json() : null;
}

/** Signs in as a customer: all elements of the page move to the new connection. */
async function become(customer) {
  const session = await signIn(customer);
  if (session === null) return showProblem('The demo program is not there. Start Laurel with npm start.');
  showProblem('');
  fillCustomers(session);
  let token = session.token;
  const client = globalThis.Laurel.connect({
    async token() {
      const first = token ?? (await signIn(session.externalId)).token;
      token = null;
      return first;
    },
  });
  const show = () => client === globalThis.Laurel.connectedClient() && showConnection(client.connection());
  client.onConnection(show);
  show();
  const account = { client, showProblem };
  followActivities({ ...account, onActivity: () => [refreshStatus, refreshEarning].forEach((refresh) => refresh()) });
  followStatus(account);
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

function showConnection(connection) {
  const state = STATES[connection] ?? 'away';
  at('connection').dataset.state = state;
  at('connection').textContent = SAYINGS[state];
}

function showProblem(text) {
  at('problem').textContent = text;
  at('problem').hidden = text === '';
}

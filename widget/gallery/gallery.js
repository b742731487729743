// Fills the panels of the gallery, and breaks its connection on request.
const LIST = [
  ['laurel-leaderboard', { board: 'points_all_time', top: '5', class: 'half' }],
  ['laurel-balance', { class: 'half' }],
  ['laurel-streaks', { class: 'half' }],
  ['laurel-badges', {}],
  ['laurel-challenges', {}],
  ['laurel-rewards', { limit: '6' }],
];
const TRACK = `mutation Track($input: ActivityTrackInput!) {
  activityTrack(input: $input) { __typename ... on UserError { message } }
}`;

const customer = new URLSearchParams(location.search).get('customer') ?? '';
const at = (id) => document.getElementById(id);

for (const place of document.querySelectorAll('.elements')) {
  for (const [tag, attributes] of LIST) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    place.append(element);
  }
}

/** Sockets of this page, so that their line can be cut; while it is, new ones lead nowhere. */
const sockets = new Set();
let isCut = false;
const Socket = globalThis.WebSocket;
globalThis.WebSocket = class extends Socket {
  constructor(url, protocol) {
    super(isCut ? 'ws://127.0.0.1:9/' : url, protocol);
    sockets.add(this);
  }
};

let isOnline = true;
const listeners = new Set();
const client = Laurel.connect({
  token: async () => {
    const response = await fetch(`/demo/session?customer=${encodeURIComponent(customer)}`);
    const { token } = await response.json();
    return token;
  },
  surroundings: {
    isOnline: () => isOnline,
    isVisible: () => true,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  },
});
client.onConnection(() => {
  at('connection').textContent = client.connection();
});

at('act').addEventListener('click', () => {
  const input = { idempotencyKey: crypto.randomUUID(), type: 'visit', channel: 'WEB', properties: {} };
  void client.request(TRACK, { input });
});
at('cut').addEventListener('click', ({ target }) => {
  isCut = !isCut;
  target.setAttribute('aria-pressed', String(isCut));
  for (const socket of sockets) if (isCut) socket.close(4999);
  if (!isCut) client.retry();
});
at('offline').addEventListener('click', ({ target }) => {
  isOnline = !isOnline;
  target.setAttribute('aria-pressed', String(!isOnline));
  for (const listener of listeners) listener();
});

// A small client of the graphql-transport-ws protocol: one socket, many subscriptions, taken up again after a break.

const RETRY_MS = [250, 500, 1000, 2000, 5000];

/**
 * Opens the socket. `onState` hears connecting, live and away. Subscriptions made with `subscribe` are sent again on every
 * new connection; each begins with a snapshot, so that nothing is missed by starting over.
 */
export function connect({ token, onState }) {
  const wanted = new Map();
  let socket = null;
  let attempts = 0;
  let nextId = 1;
  let closed = false;

  const send = (message) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  const start = (id, { query, variables }) => send({ id, type: 'subscribe', payload: { query, variables } });

  function open() {
    onState('connecting');
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    socket = new WebSocket(`${scheme}://${location.host}/graphql`, 'graphql-transport-ws');
    socket.addEventListener('open', () =>
      send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
    );
    socket.addEventListener('message', ({ data }) => receive(JSON.parse(data)));
    socket.addEventListener('close', () => {
      if (closed) return;
      onState('away');
      setTimeout(() => !closed && open(), RETRY_MS[Math.min(attempts++, RETRY_MS.length - 1)]);
    });
  }

  function receive(message) {
    const subscription = wanted.get(message.id);
    if (message.type === 'ping') send({ type: 'pong' });
    if (message.type === 'connection_ack') {
      attempts = 0;
      onState('live');
      for (const [id, each] of wanted) start(id, each);
    }
    if (message.type === 'next' && message.payload.data) subscription?.onItem(message.payload.data);
    if (message.type === 'error') subscription?.onError?.(message.payload[0]?.message ?? 'The stream was refused.');
  }

  open();
  return {
    subscribe(query, variables, onItem, onError) {
      const id = String(nextId++);
      wanted.set(id, { query, variables, onItem, onError });
      start(id, wanted.get(id));
      return () => {
        wanted.delete(id);
        send({ id, type: 'complete' });
      };
    },
    close() {
      closed = true;
      socket?.close();
    },
  };
}

/**
 * One operation over HTTP. A request without an answer is sent once more as it was: mutations carry their idempotency key,
 * so that nothing counts twice. Throws what went wrong as one line.
 */
export async function request(token, query, variables) {
  const call = () =>
    fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
  const response = await call().catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS[0]));
    return call();
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  return data;
}

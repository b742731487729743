// The limit of fan-out: a `ws` server that sends the bytes it is given to every open socket, once per POST.
import { createServer } from 'node:http';
import process from 'node:process';

import { WebSocketServer } from 'ws';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const message = Buffer.concat(chunks);
    for (const socket of sockets.clients) socket.send(message, { binary: false });
    response.end('{"data":true}');
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    if (data.includes('connection_init')) socket.send('{"type":"connection_ack"}');
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');

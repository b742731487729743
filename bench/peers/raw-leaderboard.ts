// The limit of board reads: node:http and ioredis, the top hundred and one member's rank and score in one pipeline.
import { createServer } from 'node:http';
import process from 'node:process';

import { Redis } from 'ioredis';

const KEY = process.env.BOARD_KEY ?? '';
const TOP = 100;
const redis = new Redis(process.env.REDIS_URL ?? '');

async function read(me: string): Promise<string> {
  const replies = await redis
    .pipeline()
    .zrevrange(KEY, 0, TOP - 1, 'WITHSCORES')
    .zrevrank(KEY, me)
    .zscore(KEY, me)
    .exec();
  const [top, rank, score] = (replies ?? []).map(([, reply]) => reply) as [string[], number, string];
  const rows: { rank: number; score: number; customerId: string }[] = [];
  for (let index = 0; index < top.length; index += 2) {
    rows.push({ rank: index / 2 + 1, score: Number(top[index + 1]), customerId: top[index] ?? '' });
  }
  return JSON.stringify({ data: { top: rows, me: { rank: rank + 1, score: Number(score) } } });
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { me } = JSON.parse(Buffer.concat(chunks).toString()) as { me: string };
    void read(me).then((answer) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
      response.end(answer);
    });
  });
}).listen(Number(process.env.PORT), '127.0.0.1');

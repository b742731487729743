// The limit of the smallest query: node:http answering constant bytes, with no routing, parsing or GraphQL at all.
import { createServer } from 'node:http';
import process from 'node:process';

const ANSWER = Buffer.from('{"data":{"hello":"world"}}');

createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
  response.end(ANSWER);
}).listen(Number(process.env.PORT), '127.0.0.1');

// The limit of customer lists: node:http passing on JSON that one prepared statement built, the page cut out first.
import { createServer } from 'node:http';
import process from 'node:process';

import { Pool } from 'pg';

const CONNECTIONS = 10;
const PAGE = {
  name: 'customer-page',
  text: `
    with page as materialized (
      select id, external_id, display_name, account_id, created_at from customer
       where program_id = $1 and (created_at, id) > ($2::timestamptz, $3::uuid) order by created_at, id limit 20
    )
    select json_build_object('data', json_build_object('customers', coalesce(json_agg(
      json_build_object('id', page.id, 'externalId', page.external_id, 'displayName', page.display_name,
        'account', case when account.id is not null then json_build_object('id', account.id, 'externalId', account.external_id, 'name', account.name) end,
        'balances', balances.list)
      order by page.created_at, page.id), '[]')))::text as answer
      from page
      left join account on account.program_id = $1 and account.id = page.account_id
      left join lateral (
        select json_agg(json_build_object('pending', pending, 'available', available, 'held', held)) as list
          from ledger_account where program_id = $1 and customer_id = page.id
      ) as balances on true`,
};
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: CONNECTIONS });
const program = process.env.PROGRAM_ID ?? '';

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { createdAt, id } = JSON.parse(Buffer.concat(chunks).toString()) as { createdAt: string; id: string };
    void pool.query<{ answer: string }>({ ...PAGE, values: [program, createdAt, id] }).then(({ rows }) => {
      const answer = rows[0]?.answer ?? '';
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
      response.end(answer);
    });
  });
}).listen(Number(process.env.PORT), '127.0.0.1');

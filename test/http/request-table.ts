// What comes in, and what must come back: the table that both ways are held to.
import { gzipSync } from 'node:zlib';

import { LIMITS } from '#src/http/limits.ts';

import { KEY } from './laurel.ts';
import type { Sent } from './send.ts';

export type Row = {
  name: string;
  sent: Sent;
  status: number;
  /** The top-level code, or null for an answer without errors. */
  code: string | null;
};

const JSON_HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
const GRAPHQL_JSON = { ...JSON_HEADERS, accept: 'application/graphql-response+json' };

function operation(query: string, more: object = {}, headers: Record<string, string> = JSON_HEADERS): Sent {
  return { headers, body: JSON.stringify({ query, ...more }) };
}

function raw(body: string | Buffer, headers: Record<string, string> = {}): Sent {
  return { headers: { ...JSON_HEADERS, ...headers }, body };
}

function get(query: string, headers: Record<string, string> = {}): Sent {
  return { method: 'GET', path: `/graphql?${query}`, headers: { authorization: `Bearer ${KEY}`, ...headers } };
}

const bad = (name: string, sent: Sent, status = 400, code = 'BAD_USER_INPUT'): Row => ({ name, sent, status, code });
const good = (name: string, sent: Sent): Row => ({ name, sent, status: 200, code: null });

const fields = (count: number, of: (index: number) => string): string =>
  `{ ${Array.from({ length: count }, (_field, index) => of(index)).join(' ')} }`;
const nested = (levels: number): string =>
  `{ ${'person { friend { '.slice(0, 9)}${'friend { '.repeat(levels - 2)}name${' }'.repeat(levels - 2)} } }`;

const GOOD: Row[] = [
  good('a query', operation('{ hello }')),
  good('a query for graphql-response+json', operation('{ hello }', {}, GRAPHQL_JSON)),
  good(
    'a query of several media types',
    operation('{ hello }', {}, { ...JSON_HEADERS, accept: 'text/html;q=0.5, application/json;q=0.9, */*;q=0.1' }),
  ),
  good('a charset', operation('{ hello }', {}, { ...JSON_HEADERS, 'content-type': 'application/json; charset=UTF-8' })),
  good('variables', operation('query ($t: String!) { echo(text: $t) }', { variables: { t: 'ünïcödé 🏃' } })),
  good('one of several operations', operation('query A { hello } query B { me }', { operationName: 'B' })),
  good(
    'nulls where nothing is meant',
    operation('{ hello }', { variables: null, operationName: null, extensions: null }),
  ),
  good('an empty operation name', operation('{ hello }', { operationName: '' })),
  good('an unknown parameter', operation('{ hello }', { doc_id: 'x' })),
  good('an unknown extension', operation('{ hello }', { extensions: { trace: true } })),
  good(
    'a persisted query with its text',
    operation('{ hello }', { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }),
  ),
  good('a mutation', operation('mutation { touch }')),
  good('a page', operation('{ people(first: 5) { nodes { name } } }')),
  good('a body in pieces', { ...operation('{ hello }'), chunked: true }),
  good('nobody, asking for nothing secret', operation('{ __typename }', {}, { 'content-type': 'application/json' })),
  good('an allowed origin', operation('{ hello }', {}, { ...JSON_HEADERS, origin: 'https://shop.example' })),
  good('GET', get('query=%7B%20hello%20%7D')),
  good(
    'GET with variables',
    get(
      `query=${encodeURIComponent('query ($t: String!) { echo(text: $t) }')}&variables=${encodeURIComponent('{"t":"x"}')}`,
    ),
  ),
  {
    name: 'a preflight',
    sent: { method: 'OPTIONS', headers: { origin: 'https://shop.example' } },
    status: 204,
    code: null,
  },
];

const MALFORMED: Row[] = [
  bad('no body', raw('')),
  bad('no JSON', raw('{ "query": ')),
  bad('JSON with more after it', raw('{"query":"{ hello }"} {}')),
  bad('a string', raw('"{ hello }"')),
  bad('a number', raw('1')),
  bad('null', raw('null')),
  bad('bytes that are no UTF-8', raw(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))),
  bad(
    'an overlong UTF-8 form',
    raw(Buffer.concat([Buffer.from('{"query":"{ echo(text: \\"'), Buffer.from([0xc0, 0xaf]), Buffer.from('\\") }"}')])),
  ),
  bad('a batch', raw('[{"query":"{ hello }"}]')),
  bad('a batch of a hundred', raw(JSON.stringify(Array.from({ length: 100 }, () => ({ query: '{ hello }' }))))),
  bad('no query', raw('{"variables":{}}')),
  bad('a persisted query without its text', raw('{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}')),
  bad('a query that is a number', raw('{"query":1}')),
  bad('variables in a list', operation('{ hello }', { variables: [1] })),
  bad('variables in a string', operation('{ hello }', { variables: '{}' })),
  bad('extensions in a string', operation('{ hello }', { extensions: 'x' })),
  bad('an operation name that is a number', operation('{ hello }', { operationName: 1 })),
  bad('an operation name of 10 kB', operation('{ hello }', { operationName: 'x'.repeat(10_000) })),
  bad('GET with variables that are no JSON', get('query=%7Bhello%7D&variables=%7B')),
  bad('GET without a query', get('')),
  bad(
    'a body that nests 50,000 levels',
    raw(`{"query":"{ hello }","variables":{"t":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`),
  ),
];

const REFUSED: Row[] = [
  bad('PUT', { method: 'PUT', headers: JSON_HEADERS, body: '{"query":"{ hello }"}' }, 405),
  bad('DELETE', { method: 'DELETE', headers: { authorization: `Bearer ${KEY}` } }, 405),
  bad('no content type', { headers: { authorization: `Bearer ${KEY}` }, body: '{"query":"{ hello }"}' }, 415),
  bad('text/plain', raw('{"query":"{ hello }"}', { 'content-type': 'text/plain' }), 415),
  bad(
    'two content types',
    raw('{"query":"mutation { touch }"}', { 'content-type': 'text/plain, application/json' }),
    415,
  ),
  bad('a form', raw('query=mutation%7Btouch%7D', { 'content-type': 'application/x-www-form-urlencoded' }), 415),
  bad('multipart', raw('--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }), 415),
  bad('application/graphql', raw('{ hello }', { 'content-type': 'application/graphql' }), 415),
  bad('another charset', raw('{"query":"{ hello }"}', { 'content-type': 'application/json; charset=utf-16' }), 415),
  bad('a compressed body', raw(gzipSync('{"query":"{ hello }"}'), { 'content-encoding': 'gzip' }), 415),
  bad('a media type that we do not speak', operation('{ hello }', {}, { ...JSON_HEADERS, accept: 'text/html' }), 406),
  bad('a body beyond the limit', raw(`{"query":"{ hello }","x":"${'x'.repeat(LIMITS.bodyBytes)}"}`), 413),
  bad(
    'a body beyond the limit in pieces',
    { ...raw(`{"query":"{ hello }","x":"${'x'.repeat(LIMITS.bodyBytes)}"}`), chunked: true },
    413,
  ),
  bad(
    'a foreign origin',
    operation('{ hello }', {}, { ...JSON_HEADERS, origin: 'https://evil.example' }),
    403,
    'FORBIDDEN',
  ),
  bad('a preflight of a foreign origin', { method: 'OPTIONS', headers: { origin: 'null' } }, 403, 'FORBIDDEN'),
  bad(
    'a key that nobody has',
    operation('{ hello }', {}, { ...JSON_HEADERS, authorization: `Bearer lsk_${'x'.repeat(43)}` }),
    401,
    'UNAUTHENTICATED',
  ),
  bad(
    'another scheme of authorization',
    operation('{ hello }', {}, { ...JSON_HEADERS, authorization: 'Basic eDp5' }),
    401,
    'UNAUTHENTICATED',
  ),
  bad('a mutation by GET', get('query=mutation%7Btouch%7D'), 405),
  bad('a subscription without a stream', operation('subscription { numbers(upTo: 1) }'), 406),
];

const INVALID: [string, object, string][] = [
  ['a syntax error', { query: '{ hello' }, 'GRAPHQL_PARSE_FAILED'],
  ['no document at all', { query: '' }, 'GRAPHQL_PARSE_FAILED'],
  ['20,000 open braces', { query: '{a'.repeat(20_000) }, 'GRAPHQL_PARSE_FAILED'],
  ['20,000 open brackets in a value', { query: `{ echo(text: ${'['.repeat(20_000)} ) }` }, 'GRAPHQL_PARSE_FAILED'],
  ['more tokens than allowed', { query: fields(LIMITS.tokens, () => 'hello') }, 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', { query: '{ helo }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['500 unknown fields', { query: fields(500, (index) => `x${index}`) }, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'fragments in a circle',
    { query: '{ person { ...A } } fragment A on Person { ...B } fragment B on Person { ...A }' },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a depth beyond the limit', { query: nested(LIMITS.depth + 1) }, 'GRAPHQL_VALIDATION_FAILED'],
  [
    'aliases beyond the limit',
    { query: fields(LIMITS.aliases + 1, (index) => `a${index}: hello`) },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'directives beyond the limit',
    { query: `{ hello ${'@skip(if: false) '.repeat(LIMITS.directives + 1)} }` },
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['several operations and no name', { query: 'query A { hello } query B { me }' }, 'BAD_USER_INPUT'],
  ['an operation that is not there', { query: 'query A { hello }', operationName: 'B' }, 'BAD_USER_INPUT'],
  ['a variable that is missing', { query: 'query ($t: String!) { echo(text: $t) }' }, 'BAD_USER_INPUT'],
  [
    'a variable of the wrong type',
    { query: 'query ($v: Int!) { number(value: $v) }', variables: { v: 'one' } },
    'BAD_USER_INPUT',
  ],
  [
    'a price beyond the limit',
    {
      query:
        '{ people(first: 100) { nodes { friends(first: 100) { nodes { friends(first: 100) { nodes { name } } } } } } }',
    },
    'BAD_USER_INPUT',
  ],
];

const FAILED: Row[] = [
  ['secretFailure', 'INTERNAL', 500],
  ['sqlFailure', 'INTERNAL', 500],
  ['oddCode', 'INTERNAL', 500],
  ['unauthenticated', 'UNAUTHENTICATED', 200],
  ['forbidden', 'FORBIDDEN', 200],
  ['away', 'UNAVAILABLE', 503],
  ['missing', 'BAD_USER_INPUT', 200],
  ['badInput', 'BAD_USER_INPUT', 200],
].map(([field, code]) => ({
  name: `a field that fails: ${field}`,
  sent: operation(`{ ${field} }`),
  status: 200,
  code: String(code),
}));

/** Requests that reach GraphQL and are refused there: 400 for application/graphql-response+json, 200 for application/json. */
export const TABLE: readonly Row[] = [
  ...GOOD,
  ...MALFORMED,
  ...REFUSED,
  ...INVALID.flatMap(([name, body, code]) => [
    { name, sent: raw(JSON.stringify(body)), status: 200, code },
    { name: `${name}, for graphql-response+json`, sent: raw(JSON.stringify(body), GRAPHQL_JSON), status: 400, code },
  ]),
  ...FAILED,
  bad('a field without which there is no data', operation('{ broken }', {}, GRAPHQL_JSON), 500, 'INTERNAL'),
  bad(
    'introspection by nobody',
    operation('{ __schema { types { name } } }', {}, { 'content-type': 'application/json' }),
    200,
    'UNAUTHENTICATED',
  ),
];

export const JSON_TYPE = 'application/json';
export const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json';
export const EVENT_STREAM_TYPE = 'text/event-stream';

/** What the caller can read: the type of a single answer, and whether a stream of events is welcome. */
export type Accepted = {
  /** Null when the caller takes no JSON at all. */
  json: typeof JSON_TYPE | typeof GRAPHQL_RESPONSE_TYPE | null;
  events: boolean;
};

const ANYTHING: Accepted = { json: JSON_TYPE, events: false };
const COMMON = new Map<string | undefined, Accepted>([
  [undefined, ANYTHING],
  ['*/*', ANYTHING],
  [JSON_TYPE, ANYTHING],
  [GRAPHQL_RESPONSE_TYPE, { json: GRAPHQL_RESPONSE_TYPE, events: false }],
  [EVENT_STREAM_TYPE, { json: null, events: true }],
]);

/**
 * Reads an Accept header: the JSON type of the highest quality, the first one among equals. A charset other than UTF-8 is
 * not served, and anything (`*`) is application/json, as GraphQL over HTTP asks.
 */
export function readAccept(header: string | undefined): Accepted {
  return COMMON.get(header) ?? readRanges(header ?? '');
}

function readRanges(header: string): Accepted {
  const accepted: Accepted = { json: null, events: false };
  let best = 0;
  for (const range of header.toLowerCase().split(',')) {
    const [type, ...parameters] = range.split(';').map((part) => part.trim());
    const quality = Number(valueOf(parameters, 'q') ?? 1);
    const charset = valueOf(parameters, 'charset') ?? 'utf-8';
    if (!(quality > 0) || (charset !== 'utf-8' && charset !== 'utf8')) continue;
    if (type === EVENT_STREAM_TYPE) accepted.events = true;
    const json = type === GRAPHQL_RESPONSE_TYPE ? GRAPHQL_RESPONSE_TYPE : isAnyJson(type) ? JSON_TYPE : null;
    if (json !== null && quality > best) {
      accepted.json = json;
      best = quality;
    }
  }
  return accepted;
}

function isAnyJson(type: string | undefined): boolean {
  return type === JSON_TYPE || type === '*/*' || type === 'application/*';
}

function valueOf(parameters: string[], name: string): string | undefined {
  return parameters
    .find((parameter) => parameter.startsWith(`${name}=`))
    ?.slice(name.length + 1)
    .replaceAll('"', '');
}

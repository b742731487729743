/**
 * What a close code asks of a client, see docs/websocket.md: come back; come back, but not soon; come back with a fresh token;
 * or stay away, because the same would happen again.
 */
export type AfterClose = 'AGAIN' | 'LATER' | 'WITH_FRESH_TOKEN' | 'NEVER';

const VERDICTS: Readonly<Record<number, AfterClose>> = {
  1002: 'NEVER',
  1003: 'NEVER',
  1007: 'NEVER',
  1009: 'NEVER',
  1013: 'LATER',
  4400: 'NEVER',
  4401: 'WITH_FRESH_TOKEN',
  4403: 'WITH_FRESH_TOKEN',
  4406: 'NEVER',
  4409: 'NEVER',
  4429: 'NEVER',
  4500: 'LATER',
};

/** Codes that are not listed (a broken line, a restart, a slow reader) mean: come back. */
export function afterClose(code: number): AfterClose {
  return VERDICTS[code] ?? 'AGAIN';
}

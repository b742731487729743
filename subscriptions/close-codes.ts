/**
 * Codes with which the server closes a websocket, beside those of the protocol itself (4400, 4401, 4406, 4408, 4409, 4429).
 * docs/websocket.md tells clients what to do about each. The standard graphql-ws client comes back after 1001, 1013, 4403
 * and 4410, with what its `connectionParams` says then, and stays away after 1009, 4401 and 4500.
 */
export const CLOSE_CODES = {
  GOING_AWAY: { code: 1001, reason: 'Going away' },
  TOO_LARGE: { code: 1009, reason: 'Message too large' },
  TRY_AGAIN: { code: 1013, reason: 'Try again later' },
  MALFORMED: { code: 4400, reason: 'Malformed message' },
  REVOKED: { code: 4401, reason: 'Key or token revoked' },
  REFUSED: { code: 4403, reason: 'Key or token refused' },
  EXPIRED: { code: 4403, reason: 'Key or token expired' },
  STALLED: { code: 4410, reason: 'Reads too slowly' },
  INTERNAL: { code: 4500, reason: 'Internal error' },
} as const;

/**
 * Every bound of the API in one place, each with its reason. They hold alike over HTTP, over event streams and over the
 * websocket. Sizes are bytes, durations milliseconds.
 */
export const LIMITS = {
  /**
   * A batch of 1,000 activities with ids, instants, channel and a handful of properties is 300 to 600 kB of JSON; the rest
   * is room for long product names. Larger imports go through `laurel import`.
   */
  bodyBytes: 1_000_000,
  /** One websocket message. Batches belong on HTTP; a socket carries subscriptions and single mutations. */
  messageBytes: 256_000,
  /** A message before the socket is acknowledged carries one key or token and nothing else; a staff token is about 2 kB. */
  firstMessageBytes: 8_000,
  /** Headers must be complete by then: they are one packet from an honest client, also on a slow line. */
  headersMs: 10_000,
  /** The whole request must have arrived by then: 1 MB at 0.6 Mbit/s. */
  requestMs: 15_000,
  /** How often the two above are looked at, and so how late they may fire. */
  requestCheckMs: 1_000,
  /** Longer than the idle time-out of usual balancers (60 s), so that it is never we who close under a request. */
  keepAliveMs: 65_000,
  /** After that long an operation is answered with UNAVAILABLE; statements are cut at 15 s, so two of them fit. */
  operationMs: 30_000,
  /** An honest client sends about 20. */
  headersCount: 100,

  /** Field levels of one operation. The deepest real query (board, edge, customer, account, fields) has 7. */
  depth: 12,
  /** Aliased fields of one operation after fragments are spread: enough for a dashboard of 30 tiles. */
  aliases: 30,
  /** Directives in a document. */
  directives: 30,
  /** Lexical tokens of a document; the introspection query has about 500. */
  tokens: 2_000,
  /** Open braces, brackets and parentheses at once, looked at before the recursive parser sees the text. */
  documentNesting: 60,
  /** Open braces and brackets of a JSON body: query, variables, input, items, properties are 6 levels. */
  jsonNesting: 40,
  /** Errors listed for one invalid document or one set of variables; the caller fixes the first ones first. */
  errorsListed: 10,
  /** An error message quotes the caller's own value at times; nobody needs more of it. */
  messageCharacters: 500,
  /** Characters of an operation name or of an operation's id on a socket. */
  nameCharacters: 200,
  /** Parsed and validated documents kept; a front end has some dozens. */
  documentsCached: 1_000,
  /** Characters of all documents kept together; a parsed one takes about 30 times its text. */
  documentsCachedCharacters: 4_000_000,

  /** Price that one operation may have, see cost/price.ts. Three nested pages of 100 would be 1,000,000. */
  operationCost: 20_000,

  /** Running operations of one socket, streams included. */
  streamsPerSocket: 50,
  /** Event streams that one caller may hold open over plain HTTP. Browsers allow six a host. */
  eventStreamsPerCaller: 20,
  /** A socket that has not said who it is by then is closed with 4408. */
  connectionInitMs: 5_000,
  /** A ping goes out that often; a peer that has not answered by the next one is dropped. */
  heartbeatMs: 12_000,
  /** Unsent bytes of one socket or event stream: beyond it the reader has stalled, and it is cut off. */
  unsentBytes: 1_000_000,
  /** An event stream whose reader takes that long for what is buffered has stalled too; sockets have their heartbeat. */
  unsentMs: 15_000,
  /** Between saying goodbye and cutting the line. */
  closeGraceMs: 1_000,
  /** While the process ends, the port stays open that long for requests that were sent before anybody could know. */
  drainMs: 300,
  /** Requests in flight and the worker's jobs have that long when the process is asked to end. */
  shutdownMs: 9_000,
} as const;

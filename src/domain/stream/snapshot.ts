/**
 * What was committed at a moment, as PostgreSQL says it: every transaction below `xmax` that was not under way then.
 * `xmin:xmax:a,b,…`
 */
export type RecordSnapshot = { xmax: bigint; underWay: ReadonlySet<bigint> };

const SHAPE = /^\d{1,20}:(\d{1,20}):((?:\d{1,20})(?:,\d{1,20})*)?$/;

/** Reads a snapshot as PostgreSQL prints it; null for anything else. */
export function parseSnapshot(text: string): RecordSnapshot | null {
  const [, xmax, underWay = ''] = SHAPE.exec(text) ?? [];
  if (xmax === undefined) return null;
  return { xmax: BigInt(xmax), underWay: new Set(underWay === '' ? [] : underWay.split(',').map(BigInt)) };
}

/** Whether a transaction that is committed now was committed at the moment of the snapshot already. */
export function wasCommitted({ xmax, underWay }: RecordSnapshot, transactionId: bigint): boolean {
  return transactionId < xmax && !underWay.has(transactionId);
}

// The Prisma client of the stock-stack peers: generated beside them on first use and whenever their schema changed.
import { ensureClient } from '../../setup/prisma-client.ts';

/** Generates the client unless it is there for exactly this schema and this version of Prisma. */
export function ensurePeerClient(): Promise<void> {
  return ensureClient({
    schema: 'bench/peers/prisma/schema.prisma',
    generated: 'bench/peers/prisma/generated',
    what: "the stock stack's database client",
  });
}

import { PrismaPg } from '@prisma/adapter-pg';

import { PrismaClient } from '#prisma';

/** The typed client for plain reads; all writes go through transactions of src/app/transaction.ts. */
export function openPrisma(url: string, size: number): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: size }) });
}

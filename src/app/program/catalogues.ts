import { NotFoundError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import { loadCatalogue, readCatalogueVersion } from '#storage/catalogue-store.ts';
import type { Statements } from '#storage/postgres.ts';

const FRESH_MS = 1_000;

/** The catalogues of all programs that this process has met, compiled once a version. */
export type Catalogues = {
  /** For reads: at most a second behind the record. */
  current(programId: string): Promise<Catalogue>;
  /** For decisions: the version that is committed as the transaction sees it. */
  at(tx: Statements, programId: string): Promise<Catalogue>;
};

/** Keeps catalogues in memory. Throws NotFoundError for a program that does not exist. */
export function createCatalogues(reads: Statements, clock: () => Date): Catalogues {
  const known = new Map<string, { catalogue: Catalogue; checkedAt: number }>();
  // Whoever comes while a catalogue is read waits for that reading: a thousand readers cost one statement a second.
  const underWay = new Map<string, Promise<Catalogue>>();

  async function refresh(statements: Statements, programId: string): Promise<Catalogue> {
    const version = await readCatalogueVersion(statements, programId);
    if (version === null) throw new NotFoundError('program');
    const entry = known.get(programId);
    if (entry !== undefined && entry.catalogue.version === version) {
      entry.checkedAt = clock().getTime();
      return entry.catalogue;
    }
    const catalogue = await loadCatalogue(statements, programId);
    known.set(programId, { catalogue, checkedAt: clock().getTime() });
    return catalogue;
  }

  return {
    async current(programId) {
      const entry = known.get(programId);
      if (entry !== undefined && clock().getTime() - entry.checkedAt < FRESH_MS) return entry.catalogue;
      let reading = underWay.get(programId);
      if (reading === undefined) {
        reading = refresh(reads, programId).finally(() => underWay.delete(programId));
        underWay.set(programId, reading);
      }
      return reading;
    },
    at: refresh,
  };
}

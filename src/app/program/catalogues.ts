import { NotFoundError } from '#domain/errors.ts';
import { catalogueAt, type Catalogue, type CatalogueByTime } from '#domain/program/catalogue.ts';
import { loadCatalogue, readCatalogueVersion } from '#storage/catalogue-store.ts';
import type { Statements } from '#storage/postgres.ts';

const FRESH_MS = 1_000;

/** Statements, and the instant that they decide for; without one, the program's own time. */
type At = Statements & { readonly now?: Date };

/** The catalogues of all programs that this process has met, compiled once a version. */
export type Catalogues = {
  /** For reads: at most a second behind the record, with the rule set that is live by the program's time. */
  current(programId: string): Promise<Catalogue>;
  /** For decisions: the version that is committed as the transaction sees it, with the rule set that is live at its `now`. */
  at(tx: At, programId: string): Promise<Catalogue>;
};

/** Keeps catalogues in memory. Throws NotFoundError for a program that does not exist. */
export function createCatalogues(reads: Statements, clock: () => Date): Catalogues {
  const known = new Map<string, { catalogue: CatalogueByTime; checkedAt: number }>();
  // Whoever comes while a catalogue is read waits for that reading: a thousand readers cost one statement a second.
  const underWay = new Map<string, Promise<CatalogueByTime>>();

  async function refresh(statements: Statements, programId: string): Promise<CatalogueByTime> {
    const version = await readCatalogueVersion(statements, programId);
    if (version === null) throw new NotFoundError('program');
    const entry = known.get(programId);
    if (entry !== undefined && entry.catalogue.version === version) {
      entry.checkedAt = clock().getTime();
      return entry.catalogue;
    }
    const catalogue = await loadCatalogue(statements, programId, clock());
    known.set(programId, { catalogue, checkedAt: clock().getTime() });
    return catalogue;
  }

  async function fresh(programId: string): Promise<CatalogueByTime> {
    const entry = known.get(programId);
    if (entry !== undefined && clock().getTime() - entry.checkedAt < FRESH_MS) return entry.catalogue;
    let reading = underWay.get(programId);
    if (reading === undefined) {
      reading = refresh(reads, programId).finally(() => underWay.delete(programId));
      underWay.set(programId, reading);
    }
    return reading;
  }

  const byProgramTime = (catalogue: CatalogueByTime): Catalogue =>
    catalogueAt(catalogue, catalogue.testClock ?? clock());

  return {
    current: async (programId) => byProgramTime(await fresh(programId)),
    at: async (tx, programId) => {
      const catalogue = await refresh(tx, programId);
      return tx.now === undefined ? byProgramTime(catalogue) : catalogueAt(catalogue, tx.now);
    },
  };
}

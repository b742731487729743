import DataLoader from 'dataloader';

import type { Caller } from '#domain/caller.ts';
import type { PointCurrency } from '#domain/program/program.ts';
import type { Deps } from '#src/deps.ts';
import { findPointCurrencies, listPointCurrencies } from '#storage/point-currency-store.ts';
import { findPrograms, type ProgramRecord } from '#storage/program-store.ts';

import { loaderById } from './by-id.ts';

/** Programs by id: the caller's own, or any for the operator. */
export function createProgramLoader(deps: Deps, caller: Caller): DataLoader<string, ProgramRecord | null> {
  const mayRead = (id: string): boolean =>
    caller.kind === 'OPERATOR' || ('programId' in caller && caller.programId === id);
  return loaderById((ids) => findPrograms(deps.reads, ids.filter(mayRead)));
}

/** Point currencies by id, within the caller's program. */
export function createPointCurrencyLoader(
  deps: Deps,
  programId: string | null,
): DataLoader<string, PointCurrency | null> {
  return loaderById(async (ids) => (programId === null ? [] : findPointCurrencies(deps.reads, programId, ids)));
}

/** All point currencies of a program, which was loaded before. */
export function createCurrenciesOfProgramLoader(deps: Deps): DataLoader<string, PointCurrency[]> {
  return new DataLoader(async (programIds) => {
    const currencies = Map.groupBy(await listPointCurrencies(deps.reads, programIds), ({ programId }) => programId);
    return programIds.map((id) => currencies.get(id) ?? []);
  });
}

import { NotFoundError } from '#domain/errors.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { CompiledReward } from '#domain/reward/compile.ts';

/** The live reward of a code. Throws NotFoundError. */
export function requireReward(catalogue: Catalogue, code: string): CompiledReward {
  const compiled = catalogue.ruleSet.rewards.byCode.get(code);
  if (compiled === undefined) throw new NotFoundError('reward', ['reward']);
  return compiled;
}

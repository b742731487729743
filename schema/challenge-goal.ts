import { readGoal, type GoalState } from '#app/challenge/read-goal.ts';
import { isShared, type CompiledChallenge } from '#domain/challenge/compile.ts';
import { stepsNow } from '#domain/challenge/run.ts';
import { uuidOf } from '#domain/ids.ts';
import { findTeams } from '#storage/team-store.ts';

import { builder } from './builder.ts';
import { RunRef, StepProgressRef } from './challenge-progress.ts';
import { ChallengeRef } from './challenge.ts';
import { programOf, type Context } from './context.ts';
import { badUserInput } from './paging.ts';
import { SAME_FOR_EQUAL_RIGHTS } from './sharing.ts';

export { readGoal, type GoalState };

export const ChallengeGoalStateRef = builder.objectRef<GoalState>('ChallengeGoalState').implement({
  description: 'How far a shared goal is, the same for everybody.',
  subGraphs: ['Public'],
  fields: (t) => ({
    challenge: t.field({ type: ChallengeRef, description: 'Which one.', resolve: (it) => it.compiled.challenge }),
    period: t.exposeString('period', {
      description: 'The running period, by the program’s zone: 2026-11-22, 2026-W47, 2026-11 or all.',
    }),
    run: t.field({
      type: RunRef,
      nullable: true,
      description: 'The newest try; null before the first.',
      resolve: (it) => it.run,
    }),
    steps: t.field({
      type: [StepProgressRef],
      description: 'Its steps, in their order.',
      resolve: ({ compiled, run }) => stepsNow(compiled, run),
    }),
    contributors: t.exposeInt('contributors', { description: 'How many customers have contributed to it.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

/** The live shared goal of a code, and who owns its runs: the named team, or for a goal of everybody the program. */
export async function findGoal(
  context: Context,
  code: string,
  teamId: string | number | null | undefined,
): Promise<{ challengeId: string; ownerId: string }> {
  const { ruleSet } = await context.deps.catalogues.current(programOf(context).programId);
  const compiled = ruleSet.challenges.find(({ challenge }) => challenge.code === code && isShared(challenge));
  if (compiled === undefined) throw badUserInput('There is no such shared goal.');
  return { challengeId: compiled.challenge.id, ownerId: await ownerOf(context, compiled, teamId) };
}

async function ownerOf(
  { deps, ...context }: Context,
  { challenge }: CompiledChallenge,
  teamId: string | number | null | undefined,
): Promise<string> {
  const { programId } = programOf({ deps, ...context });
  const isNamed = teamId !== null && teamId !== undefined;
  if (isNamed !== (challenge.goal === 'TEAM')) throw badUserInput('A TEAM challenge, and no other, needs a teamId.');
  if (!isNamed) return programId;
  const uuid = uuidOf('Team', String(teamId));
  const [team] = uuid === null ? [] : await findTeams(deps.reads, programId, [uuid]);
  if (team === undefined) throw badUserInput('There is no such team.');
  return team.id;
}

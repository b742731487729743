import { readGoal, type GoalState } from '#app/challenge/read-goal.ts';
import { isShared, type CompiledChallenge } from '#domain/challenge/compile.ts';
import { uuidOf } from '#domain/ids.ts';
import { builder } from '#schema/builder.ts';
import { RunRef, stepProgressOf, StepProgressRef } from '#schema/challenge-progress.ts';
import { ChallengeRef } from '#schema/challenge.ts';
import { programOf, type Context } from '#schema/context.ts';
import { badUserInput } from '#schema/paging.ts';
import { SAME_FOR_EQUAL_RIGHTS } from '#schema/sharing.ts';
import { findTeams } from '#storage/team-store.ts';

import { sharedStream } from './audience.ts';
import { createStateStream, type Signals, type StateSource } from './stream.ts';

/** How far a shared goal is goes to everybody who looks, at most four times a second. */
const LOOK_EVERY_MS = 250;

const ChallengeGoalStateRef = builder.objectRef<GoalState>('ChallengeGoalState').implement({
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
    steps: t.field({ type: [StepProgressRef], description: 'Its steps, in their order.', resolve: stepProgressOf }),
    contributors: t.exposeInt('contributors', { description: 'How many customers have contributed to it.' }),
  }),
  extensions: SAME_FOR_EQUAL_RIGHTS,
});

builder.subscriptionField('challengeGoalMoved', (t) =>
  t.field({
    type: ChallengeGoalStateRef,
    description:
      'A shared goal as it moves, whoever moves it: first as it stands, then the newest state at a time, at most four a second. Ends when the challenge is not live any more. Needs earning:read.',
    subGraphs: ['Public'],
    extensions: sharedStream(() => false),
    authScopes: { permission: 'earning:read' },
    args: {
      challenge: t.arg.string({ required: true, description: 'Code of a challenge of a team or of the community.' }),
      teamId: t.arg.id({ description: 'Of a TEAM challenge: the team, tea_….' }),
    },
    subscribe: async (_root, { challenge, teamId }, context) => {
      const { programId } = programOf(context);
      const { ruleSet } = await context.deps.catalogues.current(programId);
      const compiled = ruleSet.challenges.find((one) => one.challenge.code === challenge && isShared(one.challenge));
      if (compiled === undefined) throw badUserInput('There is no such shared goal.');
      const ownerId = await ownerOf(context, compiled, teamId);
      return createStateStream<GoalState, GoalState>((signals) =>
        openSource(context, compiled.challenge.id, ownerId, signals),
      );
    },
    resolve: (state) => state,
  }),
);

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

async function openSource(
  context: Context,
  challengeId: string,
  ownerId: string,
  signals: Signals,
): Promise<StateSource<GoalState, GoalState>> {
  const { deps } = context;
  const { programId } = programOf(context);
  let state: GoalState | null = null;
  let isStale = true;
  let timer: NodeJS.Timeout | undefined;
  // What moves many times a second is read a few times a second, for all who look together.
  const moved = (): void => {
    isStale = true;
    timer ??= setTimeout(() => {
      timer = undefined;
      signals.wake();
    }, LOOK_EVERY_MS);
  };
  const listening = deps.live.listen('goal', { programId, ownerId }, moved);
  const stopResets = deps.live.onReset(moved);
  await listening.ready;
  return {
    async look() {
      if (!isStale) return state;
      isStale = false;
      state = await readGoal(deps, programId, challengeId, ownerId);
      if (state === null) signals.end();
      return state;
    },
    between: (_from, to) => to,
    close() {
      clearTimeout(timer);
      listening.stop();
      stopResets();
    },
  };
}

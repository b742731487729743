import { builder } from '#schema/builder.ts';
import { ChallengeGoalStateRef, findGoal, readGoal, type GoalState } from '#schema/challenge-goal.ts';
import { programOf, type Context } from '#schema/context.ts';

import { sharedStream } from './audience.ts';
import { createStateStream, type Signals, type StateSource } from './stream.ts';

/** How far a shared goal is goes to everybody who looks, at most four times a second. */
const LOOK_EVERY_MS = 250;

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
      const { challengeId, ownerId } = await findGoal(context, challenge, teamId);
      return createStateStream<GoalState, GoalState>((signals) => openSource(context, challengeId, ownerId, signals));
    },
    resolve: (state) => state,
  }),
);

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

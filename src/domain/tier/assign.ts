import type { CompiledLadder } from './compile.ts';
import { codeAt, earnedPlace, moved, type Assignment, type Standing } from './standing.ts';

export type Assigned = ReturnType<typeof moved> | { refused: 'EARNED_HIGHER'; earned: string };

/**
 * Gives a tier by hand or by invitation: until its end the customer is not below it, and may rise above it. In place of an
 * earlier one that was given. A tier below the earned one would change nothing and is refused; the same tier is not, since
 * it holds it against reviews.
 */
export function assigned(compiled: CompiledLadder, standing: Standing, assignment: Assignment, now: Date): Assigned {
  const place = compiled.indexOf.get(assignment.tier) ?? -1;
  const earned = earnedPlace(compiled, standing);
  if (place < earned) return { refused: 'EARNED_HIGHER', earned: codeAt(compiled, earned) ?? '' };
  return moved(compiled, standing, { assigned: assignment }, { at: now, reason: assignment.kind, always: true });
}

/** Ends what was given before its time: the customer has what is earned. Null when nothing was given. */
export function released(compiled: CompiledLadder, standing: Standing, now: Date): ReturnType<typeof moved> | null {
  if (standing.assigned === null) return null;
  return moved(compiled, standing, { assigned: null }, { at: now, reason: 'MANUAL' });
}

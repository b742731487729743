/** From where a value of a trace comes. */
export const FACT_BASES = ['RECORDED', 'TODAY', 'NOT_KEPT'] as const;
/** RECORDED with what happened, so as it was then; as it is TODAY; or NOT_KEPT, and so unknown. */
export type FactBasis = (typeof FACT_BASES)[number];

export const TRACE_KINDS = [
  'CAUSE',
  'RULE',
  'CONDITION',
  'AWARD',
  'BOOST',
  'LIMIT',
  'WAIT',
  'EXPIRY',
  'LOT',
  'HOLD',
  'DEBT',
  'REVERSAL',
  'TIER',
  'STREAK',
  'BADGE',
  'CHALLENGE',
  'DRAW',
  'REFUSAL',
] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** One step of the operator's account of why something is as it is. What does not apply is null. */
export type TraceStep = {
  kind: TraceKind;
  /** In English, for the team. */
  text: string;
  revision: number | null;
  /** Code of the item that decided: a rule, a boost, a ladder, a reward. */
  item: string | null;
  condition: string | null;
  part: string | null;
  seen: string | null;
  needed: string | null;
  basis: FactBasis | null;
  at: Date | null;
};

/** One text that the customer may read, and the trace, which only the team may. */
export type Explanation = { text: string; trace: TraceStep[] };

/** A step with what it has to say. */
export function traceStep(kind: TraceKind, text: string, details: Partial<TraceStep> = {}): TraceStep {
  return {
    revision: null,
    item: null,
    condition: null,
    part: null,
    seen: null,
    needed: null,
    basis: null,
    at: null,
    ...details,
    kind,
    text,
  };
}

/** A value as a trace shows it. */
export function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

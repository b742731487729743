import { Environment } from '@marcbachmann/cel-js';

import { CEL_LIMITS, celFields, celValues, compileExpression, refusalOf } from '../earning/expression.ts';
import type { ActivityType } from '../program/program.ts';

/** An activity as conditions of badges see it: only what never changes, so that the past can be judged again. */
export type SeenActivity = {
  typeId: string;
  type: string;
  channel: string;
  occurredAt: Date;
  properties: Readonly<Record<string, unknown>>;
};

/** Whether an activity counts. One on which the condition cannot be evaluated, as when a property is absent, does not. */
export type ActivityCondition = (activity: SeenActivity) => boolean;

/** Expressions know the type of a value by its class. */
class Facts {
  readonly [name: string]: unknown;

  constructor(values: Record<string, unknown>) {
    Object.assign(this, values);
  }
}

/**
 * Compiles a condition on the activities of a type: the language of earning rules with `activity` alone. What a customer
 * was like in the past is not on record, so a badge's condition may not ask for it. Returns what is wrong.
 */
export function compileActivityCondition(
  type: ActivityType,
  source: string,
): { condition: ActivityCondition } | { problem: string } {
  class Properties extends Facts {}
  class Activity extends Facts {}
  const environment = new Environment({ enableOptionalTypes: false, limits: CEL_LIMITS });
  environment.registerType('Properties', { ctor: Properties, fields: celFields(type.properties) });
  environment.registerType('Activity', {
    ctor: Activity,
    fields: { type: 'string', channel: 'string', occurredAt: 'google.protobuf.Timestamp', properties: 'Properties' },
  });
  environment.registerVariable('activity', 'Activity');
  const compiled = compileExpression({ environment }, source);
  if ('problem' in compiled) return compiled;
  if (compiled.type !== 'bool') return { problem: `A condition is true or false; this one is ${compiled.type}.` };
  const condition: ActivityCondition = ({ type: activityType, channel, occurredAt, properties }) => {
    const seen = new Properties(celValues(type.properties, properties));
    const activity = new Activity({ type: activityType, channel, occurredAt, properties: seen });
    return refusalOf(compiled, { activity }) === null;
  };
  return { condition };
}

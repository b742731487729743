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

/** What conditions on the activities of one type are compiled in. */
export type ActivityScope = {
  environment: Environment;
  values: (activity: SeenActivity) => Record<string, unknown>;
};

/** Declares `activity` with the properties of a type. Many conditions look at the same activity: its values are made once. */
export function createActivityScope({ properties }: ActivityType): ActivityScope {
  class Properties extends Facts {}
  class Activity extends Facts {}
  const environment = new Environment({ enableOptionalTypes: false, limits: CEL_LIMITS });
  environment.registerType('Properties', { ctor: Properties, fields: celFields(properties) });
  environment.registerType('Activity', {
    ctor: Activity,
    fields: { type: 'string', channel: 'string', occurredAt: 'google.protobuf.Timestamp', properties: 'Properties' },
  });
  environment.registerVariable('activity', 'Activity');
  const made = new WeakMap<SeenActivity, Record<string, unknown>>();
  return {
    environment,
    values(activity) {
      let values = made.get(activity);
      if (values === undefined) {
        const { type, channel, occurredAt } = activity;
        const seen = new Properties(celValues(properties, activity.properties));
        values = { activity: new Activity({ type, channel, occurredAt, properties: seen }) };
        made.set(activity, values);
      }
      return values;
    },
  };
}

/**
 * Compiles a condition on the activities of a type: the language of earning rules with `activity` alone. What a customer
 * was like in the past is not on record, so a badge's condition may not ask for it. Returns what is wrong.
 */
export function compileActivityCondition(
  scope: ActivityScope,
  source: string,
): { condition: ActivityCondition } | { problem: string } {
  const compiled = compileExpression(scope, source);
  if ('problem' in compiled) return compiled;
  if (compiled.type !== 'bool') return { problem: `A condition is true or false; this one is ${compiled.type}.` };
  return { condition: (activity) => refusalOf(compiled, scope.values(activity)) === null };
}

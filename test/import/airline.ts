// A program that takes the airline's member-months, as data/airline-loyalty sets it up.
import { readFileSync } from 'node:fs';

import { saveActivityType } from '#app/activity-type/save.ts';
import type { PropertyDeclaration } from '#domain/program/program.ts';
import type { ItemInput } from '#domain/rule-set/content.ts';
import type { Deps } from '#src/deps.ts';

import { aCommand, aProgram, type TestProgram } from '../support/program.ts';
import { publish } from './shop.ts';

export const AIRLINE = 'data/airline-loyalty/activity.csv.gz';

const RULES = JSON.parse(readFileSync('data/airline-loyalty/rules.json', 'utf8')) as {
  earningRules: ItemInput<'earningRules'>[];
};

/** A program that takes what the airline reports, in hundredths of its points. */
export async function anAirline(deps: Deps): Promise<TestProgram> {
  const program = await aProgram(deps, { timeZone: 'America/Toronto', currency: 'CAD' });
  const property = (name: string, type: PropertyDeclaration['type']): PropertyDeclaration => ({
    name,
    type,
    required: false,
    oneOf: null,
  });
  const type = {
    code: 'flight_month',
    name: 'Month of flights',
    customerMayTrack: false,
    properties: [property('points', 'DECIMAL'), property('flights', 'INTEGER'), property('distance', 'DECIMAL')],
  };
  await saveActivityType(deps, program.scope, aCommand('activityTypeSave', type), type);
  await publish(deps, program, RULES.earningRules);
  return program;
}

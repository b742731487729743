import { Environment } from '@marcbachmann/cel-js';

import { CEL_LIMITS, celFields, celValues, compileExpression, refusalOf, withoutNulls } from '../earning/expression.ts';
import type { PropertyDeclaration } from '../program/program.ts';

/** What a condition on people may look at. */
export type AudienceFacts = {
  customer: {
    externalId: string;
    locale: string | null;
    timeZone: string | null;
    enrolmentState: string;
    attributes: Readonly<Record<string, unknown>>;
  };
  account: { externalId: string; name: string | null } | null;
  /** Codes of the tiers that the customer is in, one a ladder at most. */
  tiers: readonly string[];
};

/**
 * A compiled condition on people: `failingPart` gives the part that does not hold for somebody, or null when all do. A part
 * that reads an absent attribute does not hold.
 */
export type Audience = { source: string; failingPart: (facts: AudienceFacts) => string | null };

/** Expressions know the type of a value by its class. */
class Facts {
  readonly [name: string]: unknown;

  constructor(values: Record<string, unknown>) {
    Object.assign(this, values);
  }
}

/** Compiles conditions on people: the language of earning rules, without the activity. Returns what is wrong instead of throwing. */
export function createAudienceCompiler(
  declarations: readonly PropertyDeclaration[],
): (source: string) => Audience | { problem: string } {
  class Attributes extends Facts {}
  class Customer extends Facts {}
  class Account extends Facts {}
  const environment = new Environment({ enableOptionalTypes: false, limits: CEL_LIMITS });
  environment.registerType('Attributes', { ctor: Attributes, fields: celFields(declarations) });
  environment.registerType('Customer', {
    ctor: Customer,
    fields: {
      externalId: 'string',
      locale: 'string',
      timeZone: 'string',
      enrolmentState: 'string',
      attributes: 'Attributes',
    },
  });
  environment.registerType('Account', { ctor: Account, fields: { externalId: 'string', name: 'string' } });
  environment
    .registerVariable('customer', 'Customer')
    .registerVariable('account', 'Account')
    .registerVariable('tier', 'string')
    .registerVariable('tiers', 'list<string>');

  const valuesOf = ({ customer, account, tiers }: AudienceFacts): Record<string, unknown> => ({
    customer: new Customer({
      ...withoutNulls(customer),
      attributes: new Attributes(celValues(declarations, customer.attributes)),
    }),
    account: new Account(account === null ? {} : withoutNulls(account)),
    tier: tiers[0] ?? '',
    tiers: [...tiers],
  });

  return (source) => {
    const compiled = compileExpression({ environment }, source);
    if ('problem' in compiled) return compiled;
    if (compiled.type !== 'bool') return { problem: `A condition is true or false; this one is ${compiled.type}.` };
    return { source, failingPart: (facts) => refusalOf(compiled, valuesOf(facts))?.source ?? null };
  };
}

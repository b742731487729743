import { Environment, type ASTNode } from '@marcbachmann/cel-js';

import type { PropertyDeclaration, PropertyType } from '../program/program.ts';
import type { EarningFacts, FactDeclarations } from './facts.ts';

/**
 * CEL expressions over the facts, compiled once and type-checked against the declared properties. Cost is bounded before
 * anything runs: few nodes, little depth, one level of list walking, no regular expressions.
 */
export const CEL_LIMITS = {
  maxAstNodes: 200,
  maxDepth: 20,
  maxListElements: 100,
  maxMapEntries: 20,
  maxCallArguments: 8,
};
const LIST_WALKS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Their cost depends on the text they are given, in ways that no limit on nodes bounds. */
const REFUSED_CALLS = new Set(['matches']);

const CEL_TYPES: Record<PropertyType, string> = {
  STRING: 'string',
  INTEGER: 'int',
  DECIMAL: 'double',
  BOOLEAN: 'bool',
  DATE: 'string',
  DATE_TIME: 'google.protobuf.Timestamp',
};

/** Compiled expressions know the type of a value by its class, so that every activity type has classes of its own. */
class Facts {
  readonly [name: string]: unknown;

  constructor(values: Record<string, unknown>) {
    Object.assign(this, values);
  }
}

/** The typed surface of one activity type; conditions of its rules are compiled in it. */
export type ExpressionScope = {
  environment: Environment;
  /** Turns plain facts into the values that compiled expressions read. */
  values: (facts: EarningFacts) => Record<string, unknown>;
};

/** Declares activity, customer, account, tier, tiers and counters with their types. */
export function createExpressionScope(declarations: FactDeclarations): ExpressionScope {
  class Properties extends Facts {}
  class Attributes extends Facts {}
  class Activity extends Facts {}
  class Customer extends Facts {}
  class Account extends Facts {}
  class Counters extends Facts {}
  const int = 'int';
  const environment = new Environment({ enableOptionalTypes: false, limits: CEL_LIMITS });
  environment.registerType('Properties', { ctor: Properties, fields: celFields(declarations.activityType.properties) });
  environment.registerType('Attributes', { ctor: Attributes, fields: celFields(declarations.attributes) });
  environment.registerType('Activity', {
    ctor: Activity,
    fields: { type: 'string', channel: 'string', occurredAt: 'google.protobuf.Timestamp', properties: 'Properties' },
  });
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
  environment.registerType('Counters', {
    ctor: Counters,
    fields: { today: int, thisWeek: int, thisMonth: int, thisYear: int, allTime: int },
  });
  environment
    .registerVariable('activity', 'Activity')
    .registerVariable('customer', 'Customer')
    .registerVariable('account', 'Account')
    .registerVariable('tier', 'string')
    .registerVariable('tiers', 'map<string, string>')
    .registerVariable('counters', 'Counters');
  return {
    environment,
    values: ({ activity, customer, account, tier, tiers = {}, counters }) => ({
      activity: new Activity({
        ...activity,
        properties: new Properties(celValues(declarations.activityType.properties, activity.properties)),
      }),
      customer: new Customer({
        ...withoutNulls(customer),
        attributes: new Attributes(celValues(declarations.attributes, customer.attributes)),
      }),
      account: new Account(account === null ? {} : withoutNulls(account)),
      tier,
      tiers,
      counters: new Counters(
        Object.fromEntries(Object.entries(counters).map(([name, count]) => [name, BigInt(count)])),
      ),
    }),
  };
}

export type Expression = {
  source: string;
  /** The type of its value as CEL names it: bool, int, double… */
  type: string;
  /** The parts joined by && at the top, each with its own text: where a refusal points. */
  conjuncts: readonly { source: string; holds: (values: Record<string, unknown>) => unknown }[];
  evaluate: (values: Record<string, unknown>) => unknown;
  readsCounters: boolean;
};

/** Compiles and checks an expression. Returns what is wrong instead of throwing. */
export function compileExpression(
  scope: Pick<ExpressionScope, 'environment'>,
  source: string,
): Expression | { problem: string } {
  try {
    const parsed = scope.environment.parse(source);
    const checked = parsed.check();
    if (!checked.valid) return { problem: firstLine(checked.error?.message) };
    const costly = findCostly(parsed.ast, 0);
    if (costly !== null) return { problem: costly };
    return {
      source,
      type: String(checked.type),
      conjuncts: conjunctsOf(parsed.ast).map((node) => {
        const part = source.slice(node.range.start, node.range.end);
        return { source: part, holds: scope.environment.parse(part) };
      }),
      evaluate: parsed,
      readsCounters: /\bcounters\b/.test(source),
    };
  } catch (error) {
    return { problem: firstLine(error instanceof Error ? error.message : String(error)) };
  }
}

/** The first part of a condition that does not hold, and the error where it could not be evaluated; null when all hold. */
export function refusalOf(
  condition: Expression,
  values: Record<string, unknown>,
): { source: string; error: string | null } | null {
  for (const { source, holds } of condition.conjuncts) {
    try {
      if (holds(values) !== true) return { source, error: null };
    } catch (error) {
      return { source, error: firstLine((error as Error).message) };
    }
  }
  return null;
}

function conjunctsOf(node: ASTNode): ASTNode[] {
  if (node.op !== '&&') return [node];
  const [left, right] = node.args;
  return [...conjunctsOf(left), ...conjunctsOf(right)];
}

/** Why an expression could cost too much, or null. Nested list walks multiply, so one level is all there is. */
function findCostly(node: ASTNode, walks: number): string | null {
  let inside = walks;
  if (node.op === 'call' || node.op === 'rcall') {
    const name = (node.args as unknown as [string])[0];
    if (REFUSED_CALLS.has(name)) return `${name} is not available in rules: its cost cannot be bounded.`;
    if (node.op === 'rcall' && LIST_WALKS.has(name)) inside += 1;
    if (inside > 1) return 'A list walk inside another costs too much: use one level.';
  }
  for (const child of childrenOf(node.args)) {
    const found = findCostly(child, inside);
    if (found !== null) return found;
  }
  return null;
}

function childrenOf(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(childrenOf);
  return value !== null && typeof value === 'object' && 'op' in value ? [value as ASTNode] : [];
}

/** The types of declared properties as CEL names them. */
export function celFields(declarations: readonly PropertyDeclaration[]): Record<string, string> {
  return Object.fromEntries(declarations.map(({ name, type }) => [name, CEL_TYPES[type]]));
}

/** Only declared and present properties; an absent one stays absent, so that `has()` tells. */
export function celValues(
  declarations: readonly PropertyDeclaration[],
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { name, type } of declarations) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    if (type === 'INTEGER') result[name] = BigInt(value as number);
    else if (type === 'DECIMAL') result[name] = Number(value);
    else if (type === 'DATE_TIME') result[name] = new Date(value as string);
    else result[name] = value;
  }
  return result;
}

/** Only what is there, so that `has()` tells. */
export function withoutNulls(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function firstLine(message: string | undefined): string {
  const [line = ''] = (message ?? 'The expression is not valid.').split('\n');
  return line;
}

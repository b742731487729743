import { isEnumType, isInterfaceType, isObjectType, type GraphQLEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';

import { SCORE_REFUSALS } from '#domain/activity/effect.ts';
import { DRAW_REFUSAL_CODES } from '#domain/draw/refusal.ts';
import { DECLINE_REASONS, type DeclineReason } from '#domain/earning/evaluate.ts';
import { formatFor, LANGUAGES } from '#domain/explanation/locale.ts';
import { declineText, scoreRefusalText } from '#domain/explanation/refusal-texts.ts';
import { TRACE_KINDS } from '#domain/explanation/trace.ts';
import { REFUSAL_CODES } from '#domain/reward/refusal.ts';
import { schema } from '#schema/index.ts';

const types = Object.values(schema.getTypeMap());
const codesOf = (type: GraphQLEnumType): Set<unknown> => new Set(type.getValues().map(({ value }): unknown => value));
const enums = types.filter(isEnumType);

/** Enums of the schema whose values are reasons that a customer may meet, with the codes that have texts. */
const EXPLAINED: Record<string, readonly string[]> = {
  DeclineReason: DECLINE_REASONS,
  RedemptionRefusalCode: REFUSAL_CODES,
  DrawRefusalCode: DRAW_REFUSAL_CODES,
  ScoreRefusal: SCORE_REFUSALS,
};

/** What only the team meets: the description of the value is its explanation. */
const FOR_THE_TEAM = new Set(['RewardCodeRefusalReason']);

describe('every refusal code in the schema', () => {
  test('is of an enum whose codes all have a text in every language', () => {
    const refusing = enums.filter(({ name }) => /(Decline|Refusal)(Reason|Code)?s?$/.test(name));
    expect(refusing.map(({ name }) => name)).toContain('DeclineReason');
    for (const type of refusing.filter(({ name }) => !FOR_THE_TEAM.has(name))) {
      expect(Object.keys(EXPLAINED), `${type.name} has no texts`).toContain(type.name);
      expect(codesOf(type)).toEqual(new Set(EXPLAINED[type.name]));
    }
    for (const type of refusing)
      for (const value of type.getValues()) expect(value.description ?? '', value.name).toMatch(/.{10,}\./s);
    for (const language of LANGUAGES) {
      const format = formatFor(language, 'UTC');
      for (const reason of DECLINE_REASONS as readonly DeclineReason[])
        expect(declineText(reason, '2026-03-01T00:00:00Z', format)).not.toBe('');
      for (const reason of SCORE_REFUSALS) expect(scoreRefusalText(reason, format)).not.toBe('');
    }
  });

  test('of a typed refusal says in its description what it means', () => {
    const userError = schema.getType('UserError');
    const refusals = types.filter(
      (type) => isObjectType(type) && isInterfaceType(userError) && type.getInterfaces().includes(userError),
    );
    expect(refusals.length).toBeGreaterThan(8);
    for (const type of refusals) expect(type.description ?? '', type.name).toMatch(/.{20,}\./s);
  });

  test('every kind of step of a trace is in the schema', () => {
    const kind = enums.find(({ name }) => name === 'TraceKind');
    expect(kind && codesOf(kind)).toEqual(new Set(TRACE_KINDS));
  });
});

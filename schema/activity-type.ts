import { archiveActivityType } from '#app/activity-type/archive.ts';
import { saveActivityType } from '#app/activity-type/save.ts';
import { InvalidRuleError } from '#domain/errors.ts';
import { activityTypeOf } from '#domain/program/catalogue.ts';
import type { ActivityType } from '#domain/program/program.ts';

import { builder } from './builder.ts';
import { programOf, scopeOf } from './context.ts';
import { defineMutation } from './mutation.ts';
import { declarationsOf, PropertyDeclarationInput, PropertyDeclarationRef } from './property.ts';

export const ActivityTypeRef = builder.objectRef<ActivityType>('ActivityType');

builder.node(ActivityTypeRef, {
  description: 'A kind of thing that customers do, with the properties that a report of it carries.',
  subGraphs: ['Public'],
  id: { resolve: (type) => type.id, description: 'Global id, aty_….' },
  isTypeOf: (value) => typeof value === 'object' && value !== null && 'customerMayTrack' in value,
  loadMany: async (ids, context) => {
    const { activityTypeById } = await context.deps.catalogues.at(context.deps.reads, programOf(context).programId);
    return ids.map((id) => activityTypeById.get(id) ?? null);
  },
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'Lower-case name that reports use; unique in the program, never changed.',
    }),
    name: t.exposeString('name', { description: 'For people.' }),
    properties: t.field({
      type: [PropertyDeclarationRef],
      description: 'What a report carries.',
      resolve: (type) => [...type.properties],
    }),
    customerMayTrack: t.exposeBoolean('customerMayTrack', {
      description: 'Whether a customer token may report it; else only server keys may.',
    }),
    isArchived: t.exposeBoolean('archived', { description: 'True when no more of it is taken.' }),
  }),
});

builder.queryField('activityTypes', (t) =>
  t.field({
    type: [ActivityTypeRef],
    description: 'The program’s activity types, by code, archived ones included. Needs activity:read or self:read.',
    subGraphs: ['Public'],
    authScopes: { permission: ['activity:read', 'self:read'] },
    resolve: async (_root, _args, context) => [
      ...(await context.deps.catalogues.at(context.deps.reads, programOf(context).programId)).activityTypeById.values(),
    ],
  }),
);

async function typeById(id: string, context: Parameters<typeof programOf>[0]): Promise<ActivityType> {
  const catalogue = await context.deps.catalogues.at(context.deps.reads, programOf(context).programId);
  return activityTypeOf(catalogue, id);
}

defineMutation('activityTypeSave', {
  description: 'Declares an activity type, or changes the one of that code. A property keeps its type for ever.',
  permission: 'rule:write',
  errors: [InvalidRuleError],
  input: (t) => ({
    code: t.string({
      required: true,
      description: 'Lower-case letters, digits and _, starting with a letter, at most 60.',
    }),
    name: t.string({ required: true, description: 'For people, 1 to 200 characters.' }),
    properties: t.field({
      type: [PropertyDeclarationInput],
      required: true,
      description: 'What a report carries, at most 60.',
    }),
    customerMayTrack: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether a customer token may report it; false by default.',
    }),
  }),
  run: (input, context, command) =>
    saveActivityType(context.deps, scopeOf(context), command, {
      ...input,
      properties: declarationsOf(input.properties),
    }),
  payload: (t) => ({
    activityType: t.field({
      type: ActivityTypeRef,
      description: 'The type as it is now.',
      resolve: (result, _args, context) => typeById(result.activityTypeId, context),
    }),
  }),
});

defineMutation('activityTypeArchive', {
  description: 'Ends an activity type: no more of it is taken. Refused while a live rule listens to it.',
  permission: 'rule:write',
  input: (t) => ({ code: t.string({ required: true, description: 'The type’s code.' }) }),
  run: (input, context, command) => archiveActivityType(context.deps, scopeOf(context), command, input),
  payload: (t) => ({
    activityType: t.field({
      type: ActivityTypeRef,
      description: 'The type as it is now.',
      resolve: (result, _args, context) => typeById(result.activityTypeId, context),
    }),
  }),
});

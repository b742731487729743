import SchemaBuilder, { type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import { PothosScopeAuthPlugin } from '@pothos/plugin-scope-auth';
import type { GraphQLFieldResolver } from 'graphql';

import { may, type Permission } from '#domain/caller.ts';

import type { Context } from './context.ts';

declare global {
  export namespace PothosSchemaTypes {
    interface Plugins<Types extends SchemaTypes> {
      laurelPermission: PermissionPlugin<Types>;
    }
  }
}

type Scopes = { permission?: Permission | readonly Permission[]; open?: boolean };

/**
 * The scope plugin with a short way for callers who may. It keeps a cache of promises a request and walks steps a field,
 * which pays for scopes that ask a store; ours only look at the caller. Whoever may not takes the plugin's own way: it
 * alone refuses.
 */
class PermissionPlugin<Types extends SchemaTypes> extends PothosScopeAuthPlugin<Types> {
  override wrapResolve(
    resolver: GraphQLFieldResolver<unknown, Types['Context'], object>,
    field: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    const guarded = super.wrapResolve(resolver, field);
    if (guarded === resolver) return resolver;
    const { authScopes, grantScopes } = field.pothosOptions as { authScopes?: Scopes; grantScopes?: unknown };
    const onTypes = [field.parentType, field.declaringType ?? field.parentType].flatMap((type) =>
      this.createStepsForType(this.buildCache.getTypeConfig(type), { forField: true }),
    );
    // Only where this field's own scopes are all there is to check.
    if (!isOfCaller(authScopes) || grantScopes !== undefined || onTypes.length > 0) return guarded;
    const { permission = [], open = false } = authScopes;
    const sufficient = typeof permission === 'string' ? [permission] : permission;
    return (parent, args, context, info) => {
      const { caller } = context as Context;
      const isAllowed = open || sufficient.some((one) => may(caller, one));
      return isAllowed ? resolver(parent, args, context, info) : guarded(parent, args, context, info);
    };
  }
}

const OF_CALLER = new Set(['permission', 'open']);

/** Whether these scopes are of the two that only look at the caller, of which any one suffices. */
function isOfCaller(scopes: Scopes | undefined): scopes is Scopes {
  return typeof scopes === 'object' && Object.keys(scopes).every((scope) => OF_CALLER.has(scope));
}

const name = 'laurelPermission';
SchemaBuilder.registerPlugin(name, PermissionPlugin);

export { name as permissionPlugin };

import {
  grantedPermissions,
  PUBLISHABLE_PERMISSIONS,
  ROLE_PERMISSIONS,
  type Permission,
  type ProgramCaller,
  type Role,
} from '#domain/caller.ts';
import { ForbiddenError } from '#domain/errors.ts';

import type { Scope } from '../transaction.ts';

/** Who hands out access, and how much they hold themselves. */
export type Grantor = Scope & { permissions: ReadonlySet<Permission>; adjustmentMax: number | null };

/** What a key would be able to do. */
export type Grant =
  | { kind: 'SECRET'; role: Role; scopes: readonly Permission[] | null; adjustmentMax: number | null }
  | { kind: 'PUBLISHABLE' };

export function grantorOf(caller: ProgramCaller): Grantor {
  return {
    programId: caller.programId,
    actor: caller.actor,
    permissions: caller.permissions,
    adjustmentMax: 'adjustmentMax' in caller ? caller.adjustmentMax : null,
  };
}

/** The person at the command line of the installation, who may hand out all of a program. */
export function installationGrantor(programId: string, actor: string): Grantor {
  return { programId, actor, permissions: new Set(ROLE_PERMISSIONS.OWNER), adjustmentMax: null };
}

/**
 * Nobody can grant what they do not hold: every permission of the new key must be the grantor's own, and a limit on manual
 * adjustments passes on. Throws ForbiddenError, which names what is missing.
 */
export function assertMayGrant(grantor: Grantor, grant: Grant): void {
  const wanted =
    grant.kind === 'SECRET' ? grantedPermissions(grant.role, grant.scopes) : new Set(PUBLISHABLE_PERMISSIONS);
  const missing = [...wanted].filter((permission) => !grantor.permissions.has(permission));
  if (missing.length > 0)
    throw new ForbiddenError(`A caller cannot grant what it does not hold: ${missing.join(', ')}.`);
  if (grant.kind === 'PUBLISHABLE' || grantor.adjustmentMax === null || !wanted.has('ledger:adjust')) return;
  if (grant.adjustmentMax === null || grant.adjustmentMax > grantor.adjustmentMax) {
    throw new ForbiddenError(`This caller may grant adjustments of at most ${grantor.adjustmentMax} points.`);
  }
}

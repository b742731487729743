/**
 * Marks an object type whose own fields answer alike to all callers of equal rights: same program, kind, role and
 * permissions, whichever key, person or customer it is. Live readers may then share one answer. What its fields lead to
 * needs the mark itself; whoever adds a field that looks at the caller in any other way must take the mark off.
 */
export const SAME_FOR_EQUAL_RIGHTS: Readonly<Record<string, unknown>> = { sameForEqualRights: true };

/** Whether the type carries the mark. */
export function isSameForEqualRights(type: { extensions: object }): boolean {
  return 'sameForEqualRights' in type.extensions;
}

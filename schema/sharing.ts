/**
 * Marks an object type whose own fields answer alike to all callers of equal rights: same program, kind, role and
 * permissions, whichever key, person or customer it is. Live readers may then share one answer. What its fields lead to
 * needs the mark itself; whoever adds a field that looks at the caller in any other way must take the mark off.
 */
export const SAME_FOR_EQUAL_RIGHTS: Readonly<Record<string, unknown>> = { sameForEqualRights: true };

/**
 * Marks a field that prints something of its own object and looks at nothing else: not at the caller, the time or a store.
 * Answers about the same objects then share one text.
 */
export const ITS_OWN: Readonly<Record<string, unknown>> = { itsOwn: true };

/** Whether the field carries the mark. */
export function isItsOwn(field: { extensions: object }): boolean {
  return 'itsOwn' in field.extensions;
}

/** Whether the type carries the mark. */
export function isSameForEqualRights(type: { extensions: object }): boolean {
  return 'sameForEqualRights' in type.extensions;
}

import { programOf, type Context } from './context.ts';

/** The code of a point currency by its UUID; they are never deleted. */
export async function currencyCode(context: Context, currencyId: string): Promise<string> {
  return (await context.deps.catalogues.current(programOf(context).programId)).currencyById.get(currencyId)?.code ?? '';
}

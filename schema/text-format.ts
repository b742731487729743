import { formatFor, languageOf, type Format } from '#domain/explanation/locale.ts';

import { programOf, type Context } from './context.ts';

/** The argument of a text that is written in the language of whoever reads it. */
export const textLocale = {
  description: 'Language of the text, such as de-AT; left out, that of the customer whose token asks, else English.',
};

/** How a text is written for the caller: in the wanted language, else the customer's whose token asks, else in English. */
export async function textFormat(locale: string | null | undefined, context: Context): Promise<Format> {
  const caller = programOf(context);
  const { program } = await context.deps.catalogues.current(caller.programId);
  const own =
    caller.kind === 'CUSTOMER' ? ((await context.loaders.customer.load(caller.customerId))?.locale ?? null) : null;
  return formatFor(languageOf(locale ?? own), program.timeZone);
}

/** What a column of a row can hold. */
type Cell = string | number | boolean | Date | null;

/** The columns of a table beside program_id, each with its type and what a row has for it. JSON comes as text, never null. */
export type Columns<Row> = Readonly<Record<string, readonly [type: string, value: (row: Row) => Cell]>>;

/** Gives a value its place in the statement, and the text that stands for it, such as `$3::uuid[]`. */
export type Bind = (value: unknown, type: string) => string;

/** Separates documents: the text of JSON never holds a control character as it stands. */
const BETWEEN_DOCUMENTS = '\u001f';

/**
 * A select of the given rows, in the order of the columns and under their names: one array a column, so that a table of any
 * length is a statement of one text. A column that says the same in all rows goes as one value: of a flush that is half of
 * them (kind, actor, instant), and neither side has to spell it a thousand times. Rows must differ in something, as rows
 * with a key do.
 */
export function selectRows<Row>(columns: Columns<Row>, rows: readonly Row[], bind: Bind): string {
  const items: string[] = [];
  const sources: string[] = [];
  const names: string[] = [];
  for (const [name, [type, value]] of Object.entries(columns)) {
    const values = rows.map(value);
    const [first] = values;
    if (first !== undefined && values.every((other) => other === first)) {
      items.push(`${bind(first instanceof Date ? first.toISOString() : first, type)} as ${name}`);
      continue;
    }
    const isDocument = type === 'json' || type === 'jsonb';
    items.push(isDocument ? `${name}::${type} as ${name}` : name);
    sources.push(
      isDocument
        ? `string_to_array(${bind(values.join(BETWEEN_DOCUMENTS), 'text')}, E'\\x1f')`
        : bind(arrayText(values), `${type}[]`),
    );
    names.push(name);
  }
  const from = sources.length === 0 ? '' : ` from unnest(${sources.join(', ')}) as given (${names.join(', ')})`;
  return `select ${items.join(', ')}${from}`;
}

/**
 * PostgreSQL's text form of an array. Written here because the driver escapes element by element with regular expressions,
 * also numbers and ids, and that alone was a tenth of what an activity costs.
 */
export function arrayText(values: readonly Cell[]): string {
  let text = '{';
  for (const value of values) {
    if (text.length > 1) text += ',';
    if (value === null) text += 'NULL';
    else if (typeof value === 'string') text += quoted(value);
    else if (value instanceof Date) text += value.toISOString();
    else text += String(value);
  }
  return `${text}}`;
}

const PLAIN = /^[\w:.+-]+$/;
const ESCAPED = /["\\]/g;

/** Ids, instants and most names stand as they are; the word null and everything else needs quotes. */
function quoted(text: string): string {
  if (PLAIN.test(text) && text.length !== 4) return text;
  return `"${text.replace(ESCAPED, '\\$&')}"`;
}

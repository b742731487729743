/**
 * Nesting is measured on the text, in one pass and without recursion, before any parser that recurses sees it: 20,000 open
 * brackets in a 20 kB document overflow the stack of a recursive parser, which must not be how a caller learns of a limit.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HASH = 0x23;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Whether a GraphQL document opens more than `limit` braces, brackets and parentheses at once. */
export function documentNestsDeeper(text: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case HASH:
        at = endOfLine(text, at);
        break;
      case QUOTE:
        at = text.startsWith('"""', at) ? endOfBlockString(text, at) : endOfString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
      case 0x28: // (
        depth += 1;
        if (depth > limit) return true;
        break;
      case 0x7d: // }
      case 0x5d: // ]
      case 0x29: // )
        depth -= 1;
        break;
      default:
    }
  }
  return false;
}

/** Whether a JSON text opens more than `limit` braces and brackets at once. */
export function jsonNestsDeeper(text: string, limit: number): boolean {
  // Most bodies are far too short to nest that deep.
  if (text.length <= limit) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfJsonString(text, at);
        break;
      case 0x7b: // {
      case 0x5b: // [
        depth += 1;
        if (depth > limit) return true;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1;
        break;
      default:
    }
  }
  return false;
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== LINE_FEED && text.charCodeAt(at) !== CARRIAGE_RETURN) at += 1;
  return at;
}

/** A string ends with its quote, or at the end of the line, where the parser will refuse it. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE || code === LINE_FEED || code === CARRIAGE_RETURN) return at;
  }
  return text.length;
}

function endOfBlockString(text: string, from: number): number {
  for (let at = from + 3; ;) {
    const end = text.indexOf('"""', at);
    if (end === -1) return text.length;
    if (text.charCodeAt(end - 1) !== BACKSLASH) return end + 2;
    at = end + 3;
  }
}

/** The quote that closes a JSON string: the first with an even number of backslashes before it. */
function endOfJsonString(text: string, from: number): number {
  for (let at = from + 1; ;) {
    const end = text.indexOf('"', at);
    if (end === -1) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
    at = end + 1;
  }
}

/** Whether a parsed JSON value has more than `limit` levels of objects and lists. Goes no deeper than the limit itself. */
export function valueNestsDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((inner) => valueNestsDeeper(inner, limit - 1));
}

// What the parts of the page share: elements, and numbers and days as people write them. Texts that come from the
// server are only ever set as text, never as markup.

const numbers = new Intl.NumberFormat();
const DAY_MS = 86_400_000;

export const at = (id) => document.getElementById(id);

/** A new element with a class, and children that are elements or text. */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.append(...children);
  return made;
}

/** Whole numbers and exact decimals alike. */
export const number = (value) => numbers.format(value);

export function points(value) {
  return `${number(value)} ${Number(value) === 1 ? 'point' : 'points'}`;
}

/** The local day of an instant. */
export const day = (instant) => new Date(instant).toLocaleDateString([], { dateStyle: 'medium' });

/** The last day before a day such as 2027-01-01, which is where a period ends for people. */
export function dayBefore(date) {
  return new Date(Date.parse(`${date}T00:00:00Z`) - DAY_MS).toLocaleDateString([], {
    dateStyle: 'medium',
    timeZone: 'UTC',
  });
}

/** Several signals at once are one reading; a signal during a reading makes one more, so that the last word is fresh. */
export function createRefresh(read, restMs = 150) {
  let state = 'idle';
  return async function refresh() {
    if (state !== 'idle') {
      state = 'again';
      return;
    }
    do {
      state = 'reading';
      // What fails is told by its reader, and made up for at the next signal.
      await read().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, restMs));
    } while (state === 'again');
    state = 'idle';
  };
}

const MOVE_MS = 450;
const FLASH_MS = 1_400;
const EASE = 'cubic-bezier(0.2, 0.8, 0.2, 1)';

/** Whether the person has asked for less motion, or the page is not looked at. */
export function isStill(): boolean {
  return document.visibilityState === 'hidden' || matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/**
 * Runs `change` and lets rows glide from where they were to where they are then: first, last, invert, play. What is new fades
 * in. Nothing moves for whoever prefers it so.
 */
export function glide(rows: () => readonly HTMLElement[], change: () => void): void {
  if (isStill()) return change();
  const before = new Map(rows().map((row) => [row, row.getBoundingClientRect().top]));
  change();
  if (before.size === 0) return;
  for (const row of rows()) {
    const was = before.get(row);
    if (was === undefined) row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: MOVE_MS, easing: EASE });
    const away = (was ?? 0) - row.getBoundingClientRect().top;
    if (was === undefined || Math.abs(away) < 1) continue;
    row.animate([{ transform: `translateY(${away}px)` }, { transform: 'none' }], { duration: MOVE_MS, easing: EASE });
  }
}

/** Marks an element for a moment, by the colour `--laurel-flash`. */
export function flash(element: HTMLElement): void {
  if (isStill()) return;
  const color = getComputedStyle(element).getPropertyValue('--laurel-flash').trim();
  if (color === '') return;
  element.animate([{ backgroundColor: color }, {}], { duration: FLASH_MS, easing: 'ease-out' });
}

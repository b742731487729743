/** A colour on a light ground and on a dark one, as #rrggbb. */
export type Pair = readonly [light: string, dark: string];

/**
 * The colours that a page may replace, each by the custom property `--laurel-<name>`. A test works out their contrast: text at
 * least 4.5 to 1 on every ground that it stands on, lines of controls at least 3 to 1.
 */
export const PALETTE = {
  surface: ['#ffffff', '#17201b'],
  raised: ['#f3f7f4', '#202b25'],
  ink: ['#16241c', '#e9f1ec'],
  soft: ['#55635b', '#a5b5ab'],
  line: ['#dde6e0', '#2f3d35'],
  control: ['#7c8a82', '#73847a'],
  accent: ['#1b7146', '#63cb9a'],
  'on-accent': ['#ffffff', '#0c1a12'],
  'accent-soft': ['#e0f2e8', '#1c3b2b'],
  gold: ['#8a6508', '#e3ba52'],
  alert: ['#a32e20', '#ff9f92'],
  'alert-soft': ['#fbe9e6', '#40201b'],
} as const satisfies Record<string, Pair>;

export type ColorName = keyof typeof PALETTE;

/** Declarations of the kit's own `--_<name>`, each taken from the page's `--laurel-<name>` where that is set. */
export function paletteCss(): string {
  return Object.entries(PALETTE)
    .map(([name, [light, dark]]) => `--_${name}:var(--laurel-${name},light-dark(${light},${dark}));`)
    .join('');
}

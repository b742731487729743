import { make, setAttributes } from './dom.ts';

export type ProgressBar = {
  element: HTMLElement;
  show(value: number, max: number, label: string): void;
};

/** How far something is, for the eye and for a screen reader. */
export function progressBar(): ProgressBar {
  const fill = make('i');
  const element = make('div', { class: 'bar', part: 'bar', role: 'progressbar', 'aria-valuemin': 0 }, fill);
  return {
    element,
    show(value, max, label) {
      setAttributes(element, { 'aria-valuemax': max, 'aria-valuenow': value, 'aria-label': label });
      fill.style.inlineSize = `${max === 0 ? 0 : Math.min(100, (100 * value) / max)}%`;
    },
  };
}

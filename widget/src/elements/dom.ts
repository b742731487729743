type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;
type Child = Node | string;

/**
 * A new element. Attributes that are null, undefined or false are left out, true ones are empty. What comes from the server is
 * only ever set as text or as an attribute that the kit names, never as markup.
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** Sets attributes where they differ, so that assistive technology is told of changes alone. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const wanted =
      value === true ? '' : value === false || value === undefined || value === null ? null : String(value);
    if (wanted === target.getAttribute(name)) continue;
    if (wanted === null) target.removeAttribute(name);
    else target.setAttribute(name, wanted);
  }
}

/** Sets a text only where it differs, so that a live region says nothing twice and no selection is lost. */
export function setText(target: Node, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** A list whose elements stay the same ones as long as their key does, wherever they move to. */
export type KeyedList<Item> = (items: readonly Item[]) => void;

/** Keeps `parent`'s children in step with items: whoever stands on one with the keyboard stays there. */
export function keyedList<Item, Element extends HTMLElement>(
  parent: HTMLElement,
  keyOf: (item: Item) => string,
  create: (item: Item) => Element,
  update: (element: Element, item: Item) => void,
): KeyedList<Item> {
  const known = new Map<string, Element>();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const [key, element] of known)
      if (!keys.has(key)) {
        element.remove();
        known.delete(key);
      }
    let place = parent.firstElementChild;
    for (const item of items) {
      const key = keyOf(item);
      const element = known.get(key) ?? create(item);
      known.set(key, element);
      update(element, item);
      if (element === place) place = place.nextElementSibling;
      else parent.insertBefore(element, place);
    }
  };
}

/** A drawing of 24 by 24 in the colour of the text around it, which says nothing to a screen reader. */
export function icon(path: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const drawn = document.createElementNS(space, 'svg');
  const line = document.createElementNS(space, 'path');
  setAttributes(drawn, { viewBox: '0 0 24 24', 'aria-hidden': 'true', class: 'icon' });
  line.setAttribute('d', path);
  drawn.append(line);
  return drawn;
}

/**
 * The element of the page with this id.
 *
 * @throws Error when the page does not have it, or has another kind of element there.
 */
export function requireElement<E extends Element>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`the page must have a ${type.name} with id ${id}`);
  return element;
}

/** A new element with a class and children; strings become text nodes, never markup. */
export function createElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Sets text only when it changed, so that a figure shown twenty times a second costs nothing while it stands still. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

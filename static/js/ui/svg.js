// @ts-check
/** Attributes of drawings, and pieces that are needed as often as there are things to show. */

/**
 * Keeps so many children in a group, all copies of its first one, which is hidden where none is needed.
 * @param {SVGElement} group holds at least one child, from the template
 * @param {number} count
 * @returns {SVGElement[]} the children in use
 */
export function repeat(group, count) {
  const first = /** @type {SVGElement} */ (group.firstElementChild);
  first.toggleAttribute("hidden", count === 0);
  while (group.childElementCount > Math.max(count, 1)) group.lastElementChild?.remove();
  while (group.childElementCount < count) group.append(first.cloneNode(true));
  return /** @type {SVGElement[]} */ ([...group.children].slice(0, count));
}

/** @param {SVGElement} element @param {Record<string, string | number>} attributes lengths to a tenth of a pixel */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const wanted = typeof value === "number" ? value.toFixed(1) : value;
    // Written only where it differs, so that nothing is laid out or painted again in vain.
    if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
  }
}

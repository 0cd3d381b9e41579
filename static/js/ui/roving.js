// @ts-check
/** Buttons that are one stop for Tab together; arrows move within (WAI-ARIA's roving focus). */

import { listen } from "./dom.js";

/**
 * Where a key leads to.
 * @param {string} key
 * @param {number} from
 * @param {number} count
 * @param {number} [columns] of a grid read line by line; without it one line
 * @returns {number | null} null: the key does not move
 */
export function nextIndex(key, from, count, columns = count) {
  switch (key) {
    case "ArrowRight":
      return (from + 1) % count;
    case "ArrowLeft":
      return (from - 1 + count) % count;
    case "ArrowDown":
      return from + columns < count ? from + columns : null;
    case "ArrowUp":
      return from >= columns ? from - columns : null;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

/**
 * @param {HTMLElement} root
 * @param {readonly HTMLElement[]} items
 * @param {{columns?: number, first?: number, onMove?: (item: HTMLElement) => void}} [options] `first`: index of the one that Tab reaches now
 * @returns {() => void} stops
 */
export function mountRoving(root, items, { columns, first = 0, onMove } = {}) {
  const reach = (/** @type {HTMLElement | undefined} */ to) => items.forEach((item) => (item.tabIndex = item === to ? 0 : -1));
  reach(items[first]);
  const endings = [
    listen(root, "keydown", (/** @type {KeyboardEvent} */ event) => {
      const from = items.indexOf(/** @type {HTMLElement} */ (event.target));
      const to = from < 0 ? null : nextIndex(event.key, from, items.length, columns);
      const item = to === null ? undefined : items[to];
      if (!item) return;
      event.preventDefault();
      event.stopPropagation();
      reach(item);
      item.focus();
      onMove?.(item);
    }),
    listen(root, "click", (/** @type {MouseEvent} */ event) => {
      const item = items.find((one) => one.contains(/** @type {Node} */ (event.target)));
      if (item) reach(item);
    }),
  ];
  return () => endings.forEach((end) => end());
}

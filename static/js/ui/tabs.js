// @ts-check
/** A row of tabs that may be longer than its place: the current one is in view, and what lies beyond an edge is hinted at. */

import { listen, need, stopAll } from "./dom.js";

/** Rounded widths may leave a pixel that is no tab. */
const SLACK_PX = 2;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.row
 * @param {(element: Element, run: () => void) => () => void} needs.observeSize
 */
export function mountTabs({ row, observeSize }) {
  const current = need(row, "[aria-current]", HTMLElement);
  const hint = () => {
    const { before, after } = hiddenSides(row);
    row.toggleAttribute("data-before", before);
    row.toggleAttribute("data-after", after);
  };
  // Only the row is moved: scrollIntoView would move the page as well.
  const center = () => {
    row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
    hint();
  };
  return stopAll([observeSize(row, center), listen(row, "scroll", hint)]);
}

/**
 * Whether something lies beyond the left and the right edge.
 * @param {{scrollLeft: number, clientWidth: number, scrollWidth: number}} row
 */
export function hiddenSides({ scrollLeft, clientWidth, scrollWidth }) {
  return { before: scrollLeft > SLACK_PX, after: scrollWidth - clientWidth - scrollLeft > SLACK_PX };
}

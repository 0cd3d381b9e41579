// @ts-check
/** Tells the layout how much of the window a phone's keyboard leaves, where the browser does not fit it by itself. */

import { listen, stopAll } from "./dom.js";

/** Toolbars come and go by less, keyboards by more. */
const KEYBOARD_PX = 120;

/**
 * @param {object} needs
 * @param {Pick<VisualViewport, "height" | "scale"> & EventTarget} needs.viewport
 * @param {HTMLElement} needs.root gets --seen-block while a keyboard covers the window
 * @param {() => number} needs.windowHeight in CSS pixels
 * @param {() => void} needs.toTop undoes the scrolling by which a browser makes room for a keyboard
 */
export function mountSeenHeight({ viewport, root, windowHeight, toTop }) {
  const fit = () => {
    const seen = seenHeight(viewport, windowHeight());
    if (seen === null) {
      root.style.removeProperty("--seen-block");
      return;
    }
    root.style.setProperty("--seen-block", `${seen}px`);
    toTop();
  };
  return stopAll([listen(viewport, "resize", fit)]);
}

/**
 * @param {{height: number, scale: number}} viewport zoomed in it is smaller, which is no keyboard
 * @param {number} windowHeight
 * @returns {number | null} null: nothing covers the window
 */
export function seenHeight({ height, scale }, windowHeight) {
  const seen = Math.round(height * scale);
  return windowHeight - seen > KEYBOARD_PX ? seen : null;
}

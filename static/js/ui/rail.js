// @ts-check
/** The rail beside the film: there or not, remembered. */

import { remember } from "../room/remember.js";
import { listen, stopAll } from "./dom.js";

const RAIL_KEY = "csw-rail";

/**
 * @param {object} needs
 * @param {HTMLElement} needs.button
 * @param {HTMLElement} needs.room carries data-rail; where the layout has a rail it follows, narrow pages show it below
 * @param {Storage | null} needs.storage
 */
export function mountRail({ button, room, storage }) {
  /** @param {boolean} open */
  const show = (open) => {
    room.dataset.rail = open ? "open" : "closed";
    button.setAttribute("aria-expanded", String(open));
  };
  /** @param {boolean} open */
  const choose = (open) => {
    show(open);
    remember(storage, RAIL_KEY, open ? "open" : "closed");
  };
  show(storage?.getItem(RAIL_KEY) !== "closed");
  return {
    open: () => choose(true),
    ...stopAll([listen(button, "click", () => choose(room.dataset.rail !== "open"))]),
  };
}

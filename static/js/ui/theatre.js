// @ts-check
/** Theatre: the film as wide as the window with the people beneath it, remembered. */

import { remember } from "../room/remember.js";
import { listen, setIcon, stopAll } from "./dom.js";

const THEATRE_KEY = "csw-theatre";

/**
 * @param {object} needs
 * @param {HTMLElement} needs.button
 * @param {HTMLElement} needs.room carries data-theatre; narrow pages look the same either way
 * @param {Storage | null} needs.storage
 * @param {() => boolean} needs.usable whether the choice can be seen: on a wide page, not in full screen
 */
export function mountTheatre({ button, room, storage, usable }) {
  /** @param {boolean} on */
  const show = (on) => {
    room.dataset.theatre = on ? "on" : "off";
    button.setAttribute("aria-pressed", String(on));
    setIcon(button, on ? "icon-untheatre" : "icon-theatre");
  };
  const toggle = () => {
    if (!usable()) return;
    const on = room.dataset.theatre !== "on";
    show(on);
    remember(storage, THEATRE_KEY, on ? "on" : "off");
  };
  show(storage?.getItem(THEATRE_KEY) === "on");
  return { toggle, ...stopAll([listen(button, "click", toggle)]) };
}

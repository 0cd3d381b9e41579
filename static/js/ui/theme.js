// @ts-check
/** The switch between night and day: remembered, otherwise as the system has it. */

import { remember } from "../room/remember.js";
import { listen, stopAll } from "./dom.js";

export const THEME_KEY = "csw-theme";

/**
 * @param {object} needs
 * @param {Iterable<HTMLElement>} needs.buttons
 * @param {HTMLElement} needs.root carries data-theme
 * @param {Storage | null} needs.storage
 * @param {() => boolean} needs.systemIsDay
 */
export function mountTheme({ buttons, root, storage, systemIsDay }) {
  const toggle = () => {
    const isDay = root.dataset.theme ? root.dataset.theme === "day" : systemIsDay();
    root.dataset.theme = isDay ? "night" : "day";
    remember(storage, THEME_KEY, root.dataset.theme);
  };
  return stopAll(
    [...buttons].map((button) => {
      button.hidden = false;
      return listen(button, "click", toggle);
    }),
  );
}

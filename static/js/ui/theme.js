// @ts-check
/** The switch between night and day: remembered, otherwise as the system has it. */

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
    try {
      storage?.setItem(THEME_KEY, root.dataset.theme);
    } catch {
      // A full or forbidden storage: the choice holds for this page.
    }
  };
  return stopAll(
    [...buttons].map((button) => {
      button.hidden = false;
      return listen(button, "click", toggle);
    }),
  );
}

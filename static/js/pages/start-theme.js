// @ts-check
/** Connects every theme switch of a page to this browser's storage and preference. */

import { mountTheme } from "../ui/theme.js";

/** @returns {{stop: () => void}} */
export function startTheme() {
  /** @type {Storage | null} */
  let storage = null;
  try {
    storage = localStorage;
  } catch {
    // Forbidden by the browser's settings.
  }
  return mountTheme({
    buttons: /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-theme-switch]")),
    root: document.documentElement,
    storage,
    systemIsDay: () => matchMedia("(prefers-color-scheme: light)").matches,
  });
}

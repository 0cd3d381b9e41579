// @ts-check
/** Keeps a viewer's choice in this browser, where the browser lets us. */

/** @typedef {Pick<Storage, "getItem" | "setItem">} Store */

/**
 * @param {Store | null} storage
 * @param {string} key
 * @param {string} value
 */
export function remember(storage, key, value) {
  try {
    storage?.setItem(key, value);
  } catch {
    // Full or forbidden: this page knows the value, the next one asks again.
  }
}

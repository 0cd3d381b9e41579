// @ts-check
/** The keyboard is never lost: when what it is on is hidden, disabled, moved or taken away it is led to a place that is still there. */

const OUT_OF_REACH = "[hidden], [disabled]";

/**
 * @param {HTMLElement} root around all that may change
 * @param {() => void} change at once
 * @param {() => void} leave leads the keyboard on, called only where it would be lost
 */
export function keepKeyboard(root, change, leave) {
  const document = root.ownerDocument;
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const isHere = before !== null && root.contains(before);
  change();
  if (!isHere) return;
  const now = document.activeElement;
  if (now !== before && now !== null && now !== document.body) return; // The change has led it elsewhere itself.
  if (!root.contains(before) || before.closest(OUT_OF_REACH)) leave();
  // Browsers take it from whatever moves, be it only among its neighbours.
  else if (now !== before) before.focus({ preventScroll: true });
}

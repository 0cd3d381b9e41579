// @ts-check
/** Whether a viewer sees the others' pointers and shows the own one: two switches and a key, remembered on this device. */

import { remember } from "../room/remember.js";
import { listen, stopAll } from "./dom.js";

/** @import { Store } from "../room/remember.js" */

const SHOW_KEY = "csw-pointers";
const SHARE_KEY = "csw-own-pointer";

/**
 * @param {object} needs
 * @param {HTMLInputElement} needs.showBox
 * @param {HTMLInputElement} needs.shareBox
 * @param {Store | null} needs.storage
 * @param {() => void} needs.onHidden the others' pointers are to go
 * @param {() => void} needs.onWithdrawn our own is to go
 */
export function mountPointerChoice({ showBox, shareBox, storage, onHidden, onWithdrawn }) {
  showBox.checked = storage?.getItem(SHOW_KEY) !== "off";
  shareBox.checked = storage?.getItem(SHARE_KEY) !== "off";
  const keepShown = () => {
    remember(storage, SHOW_KEY, showBox.checked ? "on" : "off");
    if (!showBox.checked) onHidden();
  };
  return {
    shown: () => showBox.checked,
    shares: () => shareBox.checked,
    /** @returns {boolean} whether they are shown from now on */
    toggle() {
      showBox.checked = !showBox.checked;
      keepShown();
      return showBox.checked;
    },
    ...stopAll([
      listen(showBox, "change", keepShown),
      listen(shareBox, "change", () => {
        remember(storage, SHARE_KEY, shareBox.checked ? "on" : "off");
        if (!shareBox.checked) onWithdrawn();
      }),
    ]),
  };
}

// @ts-check
/** Asks before something that cannot be undone, and for a sentence that goes with it. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { mountBackdrop } from "./invite.js";

/**
 * @typedef {{title: string, words: string, button: string, reason: boolean}} Question `reason`: a sentence may go with it
 */

/** @param {{dialog: HTMLDialogElement}} needs */
export function mountAskFirst({ dialog }) {
  const field = part(dialog, "reason");
  const input = need(field, "input", HTMLInputElement);
  /** @type {(reason: string) => void} */
  let act = () => {};
  return {
    /**
     * @param {Question} question
     * @param {(reason: string) => void} run with the sentence, perhaps empty
     */
    ask({ title, words, button, reason }, run) {
      say(part(dialog, "title"), title);
      say(part(dialog, "words"), words);
      say(part(dialog, "do"), button);
      field.hidden = !reason;
      input.value = "";
      act = run;
      if (!dialog.open) dialog.showModal();
      (reason ? input : part(dialog, "keep")).focus();
    },
    ...stopAll([
      mountBackdrop(dialog),
      listen(part(dialog, "keep"), "click", () => dialog.close()),
      listen(need(dialog, "[data-part='form']", HTMLFormElement), "submit", (/** @type {Event} */ event) => {
        event.preventDefault();
        dialog.close();
        act(input.value.trim());
      }),
    ]),
  };
}

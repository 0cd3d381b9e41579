// @ts-check
/** Pause, pace and start over, with what it all comes to in two figures and a sentence. */

import { clockTime } from "./format.js";
import { listen, part, say, setIcon, stopAll } from "./dom.js";
import { boundWords, labState, signedText, stateSentence } from "./lab-words.js";

/** @import { View } from "../clock/laboratory.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {() => void} needs.togglePause
 * @param {(pace: number) => void} needs.setPace
 * @param {() => void} needs.again starts over
 */
export function mountLabRun({ root, togglePause, setPace, again }) {
  const pause = part(root, "pause");
  /** @type {HTMLInputElement[]} */
  const paces = [...root.querySelectorAll("input")];

  /** @param {View} view @param {boolean} paused @param {number} pace */
  const draw = (view, paused, pace) => {
    const { elapsedMs, deviceErrorMs, corrected } = view;
    root.dataset.state = labState(view, paused);
    setIcon(pause, paused ? "icon-play" : "icon-pause");
    say(part(root, "pause-word"), paused ? "Go on" : "Pause");
    for (const input of paces) input.checked = Number(input.value) === pace;
    say(part(root, "elapsed"), clockTime(elapsedMs / 1000));
    say(part(root, "device"), signedText(deviceErrorMs));
    say(part(root, "corrected"), corrected ? signedText(corrected.errorMs) : "no answer yet");
    part(root, "corrected").title = corrected ? `states ${boundWords(corrected.boundMs)}` : "";
    say(part(root, "state"), stateSentence(view, paused, pace));
  };

  const stop = stopAll([
    listen(pause, "click", togglePause),
    listen(part(root, "again"), "click", again),
    ...paces.map((input) => listen(input, "change", () => setPace(Number(input.value)))),
  ]);
  return { draw, ...stop };
}

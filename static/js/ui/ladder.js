// @ts-check
/** The ladder of what breaks: one axis of errors, both clocks marked on it, and each rung's state in words. */

import { copy, need, part, say } from "./dom.js";
import { AXIS, RUNGS, axisShare, ladderSentence, rungState } from "./rungs.js";

/** @import { View } from "../clock/laboratory.js" */
/** @import { RungState } from "./rungs.js" */

const NAMES = Object.freeze([
  { ms: 0.001, name: "1 µs" },
  { ms: 0.1, name: "0.1 ms" },
  { ms: 10, name: "10 ms" },
  { ms: 1000, name: "1 s" },
  { ms: 100_000, name: "100 s" },
  { ms: AXIS.mostMs, name: "3 h" },
]);

/** @type {Readonly<Record<RungState, string>>} */
const WORDS = Object.freeze({ holds: "Holds", saved: "Saved", breaks: "Breaks", spoilt: "Spoilt" });

/** @param {{root: HTMLElement}} needs */
export function mountLadder({ root }) {
  const template = need(root, "template", HTMLTemplateElement);
  const list = part(root, "rungs");
  const rows = RUNGS.map((rung) => {
    const element = copy(template);
    say(part(element, "from"), rung.figure);
    say(part(element, "title"), rung.title);
    say(part(element, "about"), rung.words);
    say(part(element, "source"), rung.source);
    part(element, "broken").style.insetInlineStart = percent(rung.fromMs);
    list.append(element);
    return { rung, element, state: part(element, "state") };
  });
  drawAxis(part(root, "axis"));

  /** @param {View} view */
  const draw = ({ deviceErrorMs, corrected }) => {
    const correctedErrorMs = corrected?.worstMs ?? null;
    list.style.setProperty("--device", percent(deviceErrorMs));
    list.style.setProperty("--corrected", percent(correctedErrorMs ?? 0));
    list.dataset.known = String(corrected !== null);
    for (const { rung, element, state } of rows) {
      const now = rungState(rung, deviceErrorMs, correctedErrorMs);
      element.dataset.state = now;
      say(state, WORDS[now]);
    }
  };
  /** @param {View} view */
  const tell = ({ deviceErrorMs, corrected }) => say(part(root, "sentence"), ladderSentence(deviceErrorMs, corrected?.worstMs ?? null));
  return { draw, tell };
}

/** @param {HTMLElement} axis */
function drawAxis(axis) {
  for (const { ms, name } of NAMES) {
    const tick = axis.ownerDocument.createElement("span");
    tick.className = "ladder__tick";
    tick.textContent = name;
    tick.style.insetInlineStart = percent(ms);
    axis.append(tick);
  }
}

/** @param {number} errorMs */
const percent = (errorMs) => `${(axisShare(errorMs) * 100).toFixed(2)}%`;

// @ts-check
/** The card over a film that stands because the room waits: for whom, how long at most, and what to do about it. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { set } from "./svg.js";
import { waitingWords } from "./waiting-words.js";

/** @import { Party } from "../room/party.js" */
/** @import { RoomWait } from "../room/waiting.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { FrameLoop } from "./loop.js" */

/** Most waits are over sooner; a card that flashes helps nobody. */
const PATIENCE_MS = 400;

/**
 * @param {Timers & {
 *   root: HTMLElement,
 *   party: Party,
 *   loop: FrameLoop,
 *   mediaNowMs: () => number,
 *   announce: (sentence: string) => void,
 *   release: () => void,
 *   onChange: () => void,
 * }} needs `release` takes the focus when the card leaves with it; `onChange` is told of coming and leaving
 */
export function mountWaitingCard({ root, party, loop, mediaNowMs, announce, release, onChange, setTimeout, clearTimeout }) {
  const arc = need(root, "[data-part='arc']", SVGElement);
  const left = part(root, "left");
  /** @type {unknown} */
  let timer = null;
  /** @type {() => void} */
  let endDrawing = () => {};
  let said = "";

  const drawRing = () => {
    const { waiting } = party.state;
    if (!waiting) return;
    const { leftMs, share } = patience(waiting, mediaNowMs());
    set(arc, { "stroke-dashoffset": (1 - share).toFixed(4) });
    say(left, String(Math.ceil(leftMs / 1000)));
  };

  /** @param {Readonly<RoomWait>} waiting */
  const drawWords = (waiting) => {
    const { users, self } = party.state;
    const { title, words, goOn, cancel } = waitingWords(waiting, users, self?.id ?? null);
    root.dataset.reason = waiting.reason;
    say(part(root, "title"), title);
    say(part(root, "words"), words);
    say(part(root, "go-on"), goOn);
    say(part(root, "cancel"), cancel);
    part(root, "actions").hidden = !party.may.control;
    if (title !== said) announce(`${title}.`);
    said = title;
  };

  const show = () => {
    timer = null;
    const { waiting } = party.state;
    if (!waiting) return;
    root.hidden = false;
    drawWords(waiting);
    drawRing();
    endDrawing = loop.add(drawRing);
    onChange();
  };

  const hide = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    endDrawing();
    said = "";
    if (root.hidden) return;
    const hadFocus = root.contains(root.ownerDocument.activeElement);
    root.hidden = true;
    if (hadFocus) release();
    onChange();
  };

  const follow = () => {
    const { waiting, phase } = party.state;
    if (!waiting || phase !== "joined") hide();
    else if (!root.hidden) drawWords(waiting);
    else if (timer === null) timer = setTimeout(show, PATIENCE_MS);
  };

  return stopAll([
    party.subscribe(follow),
    listen(part(root, "go-on"), "click", () => party.play()),
    listen(part(root, "cancel"), "click", () => party.pause()),
    hide,
  ]);
}

/**
 * How long the room waits at most, and what is left of it.
 * @param {Pick<RoomWait, "deadline" | "serverTimestamp">} waiting
 * @param {number} nowMs media clock
 */
export function patience({ deadline, serverTimestamp }, nowMs) {
  const leftMs = Math.max(deadline - nowMs, 0);
  const wholeMs = Math.max(deadline - serverTimestamp, 1);
  return { leftMs, share: Math.min(leftMs / wholeMs, 1) };
}

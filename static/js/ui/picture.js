// @ts-check
/** The picture under the hand: a click plays or pauses, a tap shows the controls, a second one reacts, movement keeps them. */

import { AutoHide } from "./autohide.js";
import { listen, stopAll } from "./dom.js";
import { placeOf } from "./keys.js";
import { DOUBLE_MS, Taps } from "./taps.js";

/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */

const OWN = "button, input, select, a, .controls, .banner, .film__state, .moment, .waiting, .chat-box";

/**
 * @param {Timers & {
 *   film: HTMLElement,
 *   stage: HTMLElement,
 *   controls: HTMLElement,
 *   party: Party,
 *   toggle: () => void,
 *   react: (event: PointerEvent) => void,
 * }} needs `react`: there, after a double click or tap and at each further one
 */
export function mountPicture({ film, stage, controls, party, toggle, react, setTimeout, clearTimeout }) {
  const taps = new Taps();
  /** @type {unknown} */
  let click = null;
  /** Of the last press: some browsers do not tell it of the click that follows. */
  let pressedBy = "mouse";
  const playing = () => party.playhead()?.playing ?? false;
  const hide = new AutoHide({
    setTimeout,
    clearTimeout,
    held: () => !playing() || stage.querySelector(".controls :focus-visible, .reactions :focus-visible, select:focus") !== null,
    show: (visible) => {
      stage.dataset.controls = visible ? "shown" : "hidden";
    },
  });
  const forget = () => {
    if (click !== null) clearTimeout(click);
    click = null;
  };
  const draw = () => {
    const inside = party.state.phase === "joined" || party.state.phase === "reconnecting";
    const entered = inside && controls.hidden;
    controls.hidden = !inside;
    if (entered || !playing()) hide.wake();
  };

  stage.dataset.controls = "shown";
  return stopAll([
    party.subscribe(draw),
    // A finger that moves is a tap on its way, and a tap decides for itself.
    listen(stage, "pointermove", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse" || isOwn(event)) hide.wake();
    }),
    listen(stage, "focusin", (/** @type {FocusEvent} */ event) => {
      if (event.target !== stage) hide.wake();
    }),
    // Who writes is watching the film.
    listen(stage.ownerDocument, "keydown", (/** @type {KeyboardEvent} */ event) => {
      if (placeOf(event.target).kind !== "field") hide.wake();
    }),
    listen(stage, "pointerleave", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType === "mouse") hide.leave();
    }),
    listen(film, "pointerup", (/** @type {PointerEvent} */ event) => {
      pressedBy = event.pointerType;
      if (event.pointerType === "mouse" || isOwn(event)) return;
      if (taps.count(event) > 1) react(event);
      if (hide.visible) hide.leave();
      else hide.wake();
    }),
    listen(film, "click", (/** @type {PointerEvent} */ event) => {
      if (isOwn(event) || (event.pointerType || pressedBy) !== "mouse") return;
      // A second click is a reaction, and must not have paused the film for everyone before.
      forget();
      if (taps.count(event) > 1) react(event);
      else click = setTimeout(() => {
        click = null;
        toggle();
      }, DOUBLE_MS);
    }),
    () => hide.stop(),
    forget,
  ]);
}

/**
 * Whether it happened on something that lies over the picture and answers by itself.
 * @param {Event} event
 */
export function isOwn({ target }) {
  return target instanceof Element && target.closest(OWN) !== null;
}

// @ts-check
/** The picture under the hand: a click plays or pauses, a tap shows the controls, movement keeps them. */

import { AutoHide } from "./autohide.js";
import { listen, stopAll } from "./dom.js";
import { placeOf } from "./keys.js";

/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */

/** A second click within this is a reaction, and must not have paused the film for everyone before. */
const DOUBLE_CLICK_MS = 260;
const OWN = "button, input, select, a, .controls, .banner, .film__state, .moment, .waiting, .chat-box";

/**
 * @param {Timers & {
 *   film: HTMLElement,
 *   stage: HTMLElement,
 *   controls: HTMLElement,
 *   party: Party,
 *   toggle: () => void,
 * }} needs
 */
export function mountPicture({ film, stage, controls, party, toggle, setTimeout, clearTimeout }) {
  /** @type {unknown} */
  let click = null;
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
  /** @param {Event} event */
  const isOwn = (event) => event.target instanceof Element && event.target.closest(OWN) !== null;
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
      if (event.pointerType === "mouse" || isOwn(event)) return;
      if (hide.visible) hide.leave();
      else hide.wake();
    }),
    listen(film, "click", (/** @type {PointerEvent} */ event) => {
      if (isOwn(event) || (event.pointerType && event.pointerType !== "mouse")) return;
      forget();
      if (event.detail > 1) return;
      click = setTimeout(() => {
        click = null;
        toggle();
      }, DOUBLE_CLICK_MS);
    }),
    () => hide.stop(),
    forget,
  ]);
}

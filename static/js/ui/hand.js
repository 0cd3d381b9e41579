// @ts-check
/** Our own pointer over the picture: where it is, and what the others hear of it. */

import { listen, stopAll } from "./dom.js";
import { Taps } from "./taps.js";

/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { Place } from "./glide.js" */

/** A finger has pointed for so long. */
const TAP_SHOWN_MS = 1000;

/**
 * @param {Timers & {
 *   film: HTMLElement,
 *   party: Pick<Party, "moveCursor" | "leaveCursor">,
 *   placeOf: (event: PointerEvent) => Place | null,
 *   isOwn: (event: Event) => boolean,
 *   shares: () => boolean,
 * }} needs `placeOf` is null beside the picture; `isOwn`: a tap on a button is no pointing; `shares`: the viewer wants to be seen
 */
export function mountHand({ film, party, placeOf, isOwn, shares, setTimeout, clearTimeout }) {
  const taps = new Taps();
  /** @type {Place | null} */
  let place = null;
  /** @type {unknown} */
  let lifting = null;

  const forget = () => {
    if (lifting !== null) clearTimeout(lifting);
    lifting = null;
  };
  /** @param {Place | null} to */
  const point = (to) => {
    forget();
    if (to && shares()) party.moveCursor(to.x, to.y);
    else party.leaveCursor();
  };
  const lift = () => {
    place = null;
    point(null);
  };

  return {
    /** @returns {Place | null} where the mouse is; null: not over the picture */
    place: () => place,
    /** After the viewer has decided not to be seen. */
    hide: () => point(null),
    ...stopAll([
      listen(film, "pointermove", (/** @type {PointerEvent} */ event) => {
        if (event.pointerType === "touch") return;
        place = placeOf(event);
        point(place);
      }),
      listen(film, "pointerleave", (/** @type {PointerEvent} */ event) => {
        if (event.pointerType !== "touch") lift();
      }),
      // A finger that scrolls ends in pointercancel; what comes up again has tapped.
      listen(film, "pointerup", (/** @type {PointerEvent} */ event) => {
        if (event.pointerType !== "touch" || isOwn(event)) return;
        // The second tap of two is a reaction, and speaks for itself.
        const tapped = taps.count(event) === 1 ? placeOf(event) : null;
        if (!tapped) return;
        point(tapped);
        lifting = setTimeout(lift, TAP_SHOWN_MS);
      }),
      forget,
    ]),
  };
}

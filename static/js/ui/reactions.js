// @ts-check
/** Sending one of twelve emoji: from the tray, by a key, or by a double click in the picture, which repeats the last one. */

import { EMOJI } from "../protocol/protocol.js";
import { remember } from "../room/remember.js";
import { listen, stopAll } from "./dom.js";
import { mountRoving } from "./roving.js";

/** @import { Emoji } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Store } from "../room/remember.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { Place } from "./glide.js" */

const LAST_KEY = "csw-emoji";
/** Without a pointer they rise where nobody's face usually is. */
const USUAL_PLACE = Object.freeze({ x: 50, spreadX: 36, y: 82, spreadY: 8 });
/** A shorter rest would only flicker. */
const LEAST_REST_MS = 400;

/**
 * @param {Timers & {
 *   bar: HTMLElement,
 *   party: Pick<Party, "on" | "react">,
 *   pointer: () => Place | null,
 *   storage: Store | null,
 *   random: () => number,
 *   announce: (sentence: string) => void,
 * }} needs `pointer`: where the viewer's own is over the picture
 */
export function mountReactions({ bar, party, pointer, storage, random, announce, setTimeout, clearTimeout }) {
  const buttons = [...bar.querySelectorAll("button")];
  const last = new LastEmoji(storage);
  /** @type {unknown} */
  let resting = null;

  const mark = () => {
    for (const { dataset } of buttons) dataset.last = String(dataset.emoji === last.emoji);
  };
  /** @param {boolean} rests */
  const drawRest = (rests) => {
    bar.dataset.rests = String(rests);
    for (const button of buttons) button.setAttribute("aria-disabled", String(rests));
  };
  /** @param {number} forMs */
  const rest = (forMs) => {
    if (resting === null) announce("Reactions rest for a moment.");
    else clearTimeout(resting);
    drawRest(true);
    resting = setTimeout(() => {
      resting = null;
      drawRest(false);
    }, Math.max(forMs, LEAST_REST_MS));
  };

  /**
   * @param {Emoji} emoji
   * @param {Place | null} place null: a usual one
   */
  const send = (emoji, place) => {
    if (resting !== null) return;
    last.emoji = emoji;
    mark();
    const { x, y } = place ?? usualPlace(random);
    party.react(emoji, x, y);
  };

  mark();
  return {
    /** @param {number} index of the twelve */
    sendAtPointer: (index) => send(/** @type {Emoji} */ (EMOJI[index]), pointer()),
    /** @param {Place | null} place null: beside the picture */
    repeatAt: (place) => place && send(last.emoji, place),
    ...stopAll([
      party.on("ratelimit", ({ action, retryInMs }) => action === "reaction" && rest(retryInMs)),
      listen(bar, "click", (/** @type {MouseEvent} */ event) => {
        const button = event.target instanceof Element ? event.target.closest("[data-emoji]") : null;
        if (button instanceof HTMLElement) send(/** @type {Emoji} */ (button.dataset.emoji), null);
      }),
      mountRoving(bar, buttons),
      () => resting !== null && clearTimeout(resting),
    ]),
  };
}

/** The one sent last, on this device; before that the first of all. */
export class LastEmoji {
  #storage;
  #emoji;

  /** @param {Store | null} storage */
  constructor(storage) {
    this.#storage = storage;
    const kept = /** @type {Emoji} */ (storage?.getItem(LAST_KEY));
    this.#emoji = EMOJI.includes(kept) ? kept : /** @type {Emoji} */ (EMOJI[0]);
  }

  get emoji() {
    return this.#emoji;
  }

  set emoji(emoji) {
    this.#emoji = emoji;
    remember(this.#storage, LAST_KEY, emoji);
  }
}

/** @param {() => number} random @returns {Place} */
export function usualPlace(random) {
  const { x, spreadX, y, spreadY } = USUAL_PLACE;
  return { x: x + (random() - 0.5) * spreadX, y: y + (random() - 0.5) * spreadY };
}

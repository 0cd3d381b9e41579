// @ts-check
/** Who did what, for a moment over the film, with a way back. */

import { listen, part, say, stopAll } from "./dom.js";
import { deedSentence } from "./format.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { User, VideoState } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Refusal } from "../room/refusals.js" */
/** @import { Timers } from "../room/timer.js" */

const SHOWN_MS = 4000;
/** A way back is offered a little longer: it has to be read, and reached. */
const UNDO_MS = 5000;
/** A film that starts so much later was asked to start for all together; a plain play gives two seconds at most. */
const TOGETHER_MS = 2100;

/** @type {ReadonlySet<string>} */
const OUTSIDE = new Set(["idle", "connecting", "gone"]);

/** @typedef {"play" | "pause" | "seek" | "rate" | "source"} Kind */
/** @typedef {{by: User | null, kind: Kind, video: VideoState, own: boolean}} Action */

/**
 * @param {Timers & {
 *   root: HTMLElement,
 *   party: Party,
 *   positionAt: (video: VideoState, atMs: number) => number,
 *   mediaNow: () => number,
 *   announce: (sentence: string) => void,
 *   release: () => void,
 *   isTold?: (refusal: Refusal) => boolean,
 * }} needs `release` gives the keyboard back to the film when the way back goes with it; `isTold`: the place where it was asked is in view, and says so itself
 */
export function mountMoment({ root, party, positionAt, mediaNow, announce, release, isTold = () => false, setTimeout, clearTimeout }) {
  const words = part(root, "words");
  const undo = part(root, "undo");
  const memory = new LastStates();
  /** @type {unknown} */
  let timer = null;
  /** @type {(() => void) | null} */
  let wayBack = null;

  /** @param {HTMLElement} element @param {boolean} hidden */
  const setHidden = (element, hidden) => keepKeyboard(root, () => (element.hidden = hidden), release);

  const hide = () => {
    if (root.matches(":hover") || root.contains(root.ownerDocument.activeElement)) {
      timer = setTimeout(hide, SHOWN_MS);
      return;
    }
    timer = null;
    root.hidden = true;
  };

  /**
   * @param {string} sentence
   * @param {(() => void) | null} [back]
   * @param {string} [label] of the button that leads there
   */
  const tell = (sentence, back = null, label = "Undo") => {
    wayBack = back;
    setHidden(undo, back === null);
    say(undo, label);
    say(words, sentence);
    root.hidden = false;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(hide, back ? UNDO_MS : SHOWN_MS);
  };

  /** What we did since makes the way back another one. */
  const forgetWayBack = () => {
    wayBack = null;
    setHidden(undo, true);
  };

  /** @param {Action} action */
  const acted = ({ by, kind, video, own }) => {
    const before = memory.before(video);
    const byRoom = video.by === null;
    const sentence = deedSentence({
      name: by?.name ?? null,
      own,
      kind,
      positionS: video.currentTime,
      rate: video.rate,
      title: video.source?.title ?? "",
      ended: video.ended,
      together: video.serverTimestamp - mediaNow() > TOGETHER_MS,
    });
    // What we did ourselves we see; only a jump is worth a way back.
    if (byRoom) tell(sentence);
    else if (!own || kind === "seek") tell(sentence, party.may.control && before ? inverse(party, kind, before, video, positionAt) : null);
    else forgetWayBack();
    if (!own) announce(sentence);
  };

  return {
    tell,
    ...stopAll([
      party.subscribe(() => memory.note(party.state.video)),
      party.on("action", acted),
      party.on("refusal", (refusal) => {
        if (OUTSIDE.has(party.state.phase) || isTold(refusal)) return; // the door says it, or a dialog
        tell(refusal.message);
        announce(refusal.message);
      }),
      listen(undo, "click", () => {
        wayBack?.();
        wayBack = null;
        if (timer !== null) clearTimeout(timer);
        setHidden(root, true);
      }),
      () => timer !== null && clearTimeout(timer),
    ]),
  };
}

/**
 * What would lead back to the state before, as a control like any other.
 * @param {Pick<Party, "play" | "pause" | "seek" | "setRate" | "setSource">} party
 * @param {Kind} kind
 * @param {VideoState} before
 * @param {VideoState} after
 * @param {(video: VideoState, atMs: number) => number} positionAt
 * @returns {(() => void) | null}
 */
export function inverse(party, kind, before, after, positionAt) {
  if (after.ended) return null;
  switch (kind) {
    case "play":
      return () => party.pause();
    case "pause":
      return () => party.play();
    case "seek":
      return () => party.seek(positionAt(before, after.serverTimestamp));
    case "rate":
      return () => party.setRate(before.rate);
    case "source": {
      const { source } = before;
      return source && (() => party.setSource(source));
    }
    default:
      return null;
  }
}

/** The last two different states of the room's video. */
export class LastStates {
  /** @type {VideoState[]} */
  #states = [];

  /** @param {VideoState | null} video */
  note(video) {
    if (!video || this.#states.at(-1)?.seq === video.seq) return;
    this.#states = [...this.#states.slice(-1), video];
  }

  /**
   * @param {VideoState} video
   * @returns {VideoState | null} what held before it
   */
  before(video) {
    return this.#states.findLast((state) => state.epoch === video.epoch && state.seq < video.seq) ?? null;
  }
}

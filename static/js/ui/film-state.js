// @ts-check
/** What the picture itself has to say: no film, loading, buffering, can't be played and why. */

import { listen, part, say, stopAll } from "./dom.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */

/** Shorter waits are not worth a word. */
const PATIENCE_MS = 600;

/** @typedef {{kind: "empty" | "loading" | "buffering" | "failed", title: string, words: string} | null} FilmState */

/** By MediaError.code. @type {Readonly<Record<number, string>>} */
const REASONS = Object.freeze({
  1: "Loading it was stopped.",
  2: "The connection to where it lies broke off.",
  3: "The file is damaged, or this browser cannot decode it.",
  4: "The address does not answer, or holds no film that this browser can play.",
});

/**
 * @param {object} seen
 * @param {boolean} seen.hasSource
 * @param {number | null} seen.errorCode of MediaError
 * @param {number} seen.readyState of HTMLMediaElement
 * @param {boolean} seen.wantsToPlay the room plays
 * @param {boolean} [seen.mayChoose] this viewer may change the film
 * @returns {FilmState} null: nothing to say
 */
export function filmState({ hasSource, errorCode, readyState, wantsToPlay, mayChoose = true }) {
  if (!hasSource) {
    const words = mayChoose ? "Choose one, and it opens for everyone in the room." : "A host chooses one, and it opens for everyone in the room.";
    return { kind: "empty", title: "No film yet.", words };
  }
  if (errorCode !== null) {
    const why = REASONS[errorCode] ?? "The browser gave no reason.";
    return { kind: "failed", title: "This film can’t be played here.", words: `${why} Another film may do; the room stays open.` };
  }
  if (readyState === 0) return { kind: "loading", title: "Loading the film", words: "" };
  if (wantsToPlay && readyState < 3) {
    return { kind: "buffering", title: "Buffering", words: "You rejoin the others as soon as there is enough." };
  }
  return null;
}

/**
 * @param {Timers & {
 *   root: HTMLElement,
 *   video: HTMLVideoElement,
 *   party: Party,
 *   changeFilm: () => void,
 *   tryAgain: () => void,
 *   announce: (sentence: string) => void,
 *   release: () => void,
 *   onChange: () => void,
 * }} needs `release` gives the keyboard back to the film when a button leaves with the words
 */
export function mountFilmState({ root, video, party, changeFilm, tryAgain, announce, release, onChange, setTimeout, clearTimeout }) {
  /** @type {unknown} */
  let timer = null;
  /** @type {FilmState} */
  let shown = null;

  const look = () =>
    party.state.phase === "joined" || party.state.phase === "reconnecting"
      ? filmState({
          hasSource: Boolean(party.state.video?.source),
          errorCode: video.error?.code ?? null,
          readyState: video.readyState,
          wantsToPlay: party.playhead()?.playing ?? false,
          mayChoose: party.may.control,
        })
      : null;

  const show = () => keepKeyboard(root, draw, release);

  const draw = () => {
    timer = null;
    const state = look();
    part(root, "change").hidden = !party.may.control;
    if (shown?.kind === state?.kind && shown?.words === state?.words) return;
    announceChange(shown, state, announce);
    shown = state;
    root.hidden = state === null;
    if (state) {
      root.dataset.kind = state.kind;
      say(part(root, "title"), state.title);
      say(part(root, "words"), state.words);
      const stuck = state.kind === "failed" || state.kind === "empty";
      part(root, "actions").hidden = !stuck;
      part(root, "again").hidden = state.kind !== "failed";
    }
    onChange();
  };

  const check = () => {
    const kind = look()?.kind ?? null;
    const urgent = kind === null || kind === "failed" || kind === "empty";
    if (urgent) {
      if (timer !== null) clearTimeout(timer);
      show();
    } else if (timer === null) {
      timer = setTimeout(show, PATIENCE_MS);
    }
  };

  const events = ["error", "emptied", "loadstart", "loadedmetadata", "canplay", "playing", "waiting", "stalled", "seeked", "pause"];
  return {
    /** Whether the picture is free for a big play button. */
    get clear() {
      return shown === null;
    },
    ...stopAll([
      ...events.map((type) => listen(video, type, check)),
      party.subscribe(check),
      listen(part(root, "change"), "click", changeFilm),
      listen(part(root, "again"), "click", tryAgain),
      () => timer !== null && clearTimeout(timer),
    ]),
  };
}

/**
 * @param {FilmState} before
 * @param {FilmState} after
 * @param {(sentence: string) => void} announce
 */
function announceChange(before, after, announce) {
  if (after) announce([after.title.replace(/\.?$/, "."), after.words].filter(Boolean).join(" "));
  else if (before?.kind === "buffering") announce("The film goes on.");
}

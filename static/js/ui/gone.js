// @ts-check
/** The room is not to be had: each reason is a full state with words and a way on. */

import { CloseCode, ErrorCode } from "../protocol/protocol.js";
import { listen, part, say, stopAll } from "./dom.js";

/** @import { Party } from "../room/party.js" */
/** @import { Gone } from "../room/party-state.js" */

/** @typedef {{title: string, words: string, again: string | null}} Words */

/** @type {Readonly<Record<string, Words>>} */
const BY_ERROR = Object.freeze({
  no_such_room: {
    title: "There is no room at this address.",
    words: "It was never opened, or it is over. Check the link you were sent.",
    again: null,
  },
  room_full: {
    title: "The room is full.",
    words: "Every seat is taken. Somebody may leave soon.",
    again: "Try again",
  },
  locked: {
    title: "The door is locked.",
    words: "Nobody new can come in just now. Ask whoever invited you.",
    again: "Try again",
  },
  banned: {
    title: "You can’t come into this room.",
    words: "A host closed it for you. Other rooms are open.",
    again: null,
  },
  unauthorised: {
    title: "This room asks who you are.",
    words: "Sign in, then try again.",
    again: "Try again",
  },
});

/** @type {Readonly<Record<number, Words>>} */
const BY_CODE = Object.freeze({
  4401: BY_ERROR.unauthorised,
  4403: {
    title: "You were taken out of the room.",
    words: "A host asked you to leave. After a minute the door is open again.",
    again: "Come back",
  },
  4404: BY_ERROR.no_such_room,
  4409: {
    title: "You are watching in another tab.",
    words: "The newest one goes on. You can take the room back here.",
    again: "Watch here",
  },
  4410: {
    title: "The room is closed.",
    words: "The party is over. Start a room of your own whenever you like.",
    again: null,
  },
  4423: {
    title: "The door is closed just now.",
    words: "The room is full or locked. Try again in a moment.",
    again: "Try again",
  },
});

/**
 * @param {Pick<Gone, "code" | "errorCode" | "message"> & Partial<Pick<Gone, "retryAtMs">>} gone
 * @returns {Words}
 */
export function wordsFor({ code, errorCode, message, retryAtMs = null }) {
  // Barred, but not for good: sent out less than a minute ago.
  if (errorCode === ErrorCode.BANNED && retryAtMs !== null) return BY_CODE[CloseCode.REMOVED];
  const known = (errorCode !== null && BY_ERROR[errorCode]) || (code !== null && BY_CODE[code]) || null;
  // What is wrong with a sign-in only the server knows: none, one that has expired, a forged cookie.
  if (known === BY_ERROR.unauthorised) return { ...known, words: message || known.words };
  const isOver = errorCode === null && code === 4410 && message !== "";
  if (known && isOver) return { ...known, words: `${message} Start a room of your own whenever you like.` };
  return known || { title: "The room let go of you.", words: message || "Try again in a moment.", again: "Try again" };
}

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {() => void} needs.again
 * @param {(then: () => void) => void} needs.clear takes away whatever stands before all else: dialogs, full screen
 * @param {Gone | null} needs.already known before anybody asked the room
 * @param {() => number} needs.now the party's local clock
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountGone({ root, party, again, clear, already, now, setInterval, clearInterval }) {
  const button = part(root, "again");
  const draw = () => {
    const gone = party.state.phase === "gone" ? party.state.gone : already;
    if (!gone || asksPassword(gone)) {
      root.hidden = true;
      return;
    }
    const words = wordsFor(gone);
    const leftS = secondsLeft(gone, now());
    say(part(root, "reason"), gone.reason ? `A host wrote: “${gone.reason}”` : "");
    part(root, "reason").hidden = !gone.reason;
    say(part(root, "title"), words.title);
    say(part(root, "words"), words.words);
    say(button, leftS > 0 ? `${words.again} in ${leftS} s` : (words.again ?? ""));
    button.toggleAttribute("disabled", leftS > 0);
    button.hidden = words.again === null;
    part(root, "start").setAttribute("class", words.again === null ? "button button--main" : "button");
    if (root.hidden) {
      root.hidden = false;
      clear(() => root.focus());
    }
  };
  draw();
  const timer = setInterval(() => party.state.gone?.retryAtMs && draw(), 1000);
  return stopAll([party.subscribe(draw), listen(button, "click", again), () => clearInterval(timer)]);
}

/** Whether the way on is a password: then the door asks for it. @param {Gone | null} gone */
export function asksPassword(gone) {
  return gone?.errorCode === ErrorCode.PASSWORD_REQUIRED || gone?.errorCode === ErrorCode.WRONG_PASSWORD;
}

/**
 * Until it makes sense to try again.
 * @param {Gone} gone
 * @param {number} nowMs the party's local clock
 */
export function secondsLeft({ retryAtMs }, nowMs) {
  return retryAtMs === null ? 0 : Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000));
}

/**
 * What the door says beside its password field.
 * @param {Gone} gone
 * @returns {string} empty: nothing is wrong yet
 */
export function passwordWords({ errorCode, retryAtMs }) {
  if (errorCode === ErrorCode.PASSWORD_REQUIRED) return "";
  return retryAtMs === null ? "That is not the password. Try again." : "Those were too many tries. Take a breath.";
}

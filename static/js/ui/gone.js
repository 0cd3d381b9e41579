// @ts-check
/** The room is not to be had: each reason is a full state with words and a way on. */

import { listen, part, say, stopAll } from "./dom.js";

/** @import { Party } from "../room/party.js" */

/** @typedef {{code: number | null, errorCode: string | null, message: string}} Gone */
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
    words: "A host removed you. After a minute the door is open again.",
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
 * @param {Gone} gone
 * @returns {Words}
 */
export function wordsFor({ code, errorCode, message }) {
  const known = (errorCode && BY_ERROR[errorCode]) || (code !== null && BY_CODE[code]) || null;
  // What is wrong with a sign-in only the server knows: none, one that has expired, a forged cookie.
  if (known === BY_ERROR.unauthorised) return { ...known, words: message || known.words };
  return known || { title: "The room let go of you.", words: message || "Try again in a moment.", again: "Try again" };
}

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {() => void} needs.again
 * @param {Gone | null} needs.already known before anybody asked the room
 */
export function mountGone({ root, party, again, already }) {
  const button = part(root, "again");
  const draw = () => {
    const gone = party.state.phase === "gone" ? party.state.gone : already;
    if (!gone) {
      root.hidden = true;
      return;
    }
    const words = wordsFor(gone);
    say(part(root, "title"), words.title);
    say(part(root, "words"), words.words);
    say(button, words.again ?? "");
    button.hidden = words.again === null;
    if (root.hidden) {
      root.hidden = false;
      root.focus();
    }
  };
  draw();
  return stopAll([party.subscribe(draw), listen(button, "click", again)]);
}

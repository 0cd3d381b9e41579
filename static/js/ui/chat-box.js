// @ts-check
/** The box one writes in: sends, answers, and gives back whatever the room did not take. */

import { lengthWords, footWords, isTooLong, whyNot } from "./chat-box-words.js";
import { firstLine, lengthOf } from "./chat-words.js";
import { listen, need, part, say, stopAll } from "./dom.js";
import { mountEmojiPicker } from "./emoji-picker.js";

/** @import { ChatMessage } from "../protocol/protocol.js" */
/** @import { Refusal } from "../room/refusals.js" */
/** @import { Timers } from "../room/timer.js" */
/** @import { ChatParty } from "./chat-party.js" */

const TICK_MS = 1000;

/**
 * @typedef {{text: string, answers: ChatMessage | null}} Sent and not yet heard of
 * @typedef {{place: HTMLElement, isWanted: () => boolean}} Away where the box stands while the chat can't be seen, as in full screen
 */

/**
 * @param {Timers & {
 *   root: HTMLElement,
 *   party: ChatParty,
 *   now: () => number,
 *   goTo: (messageId: string) => void,
 *   away: Away,
 *   isSeen: () => boolean,
 *   release: () => void,
 *   tell: (sentence: string) => void,
 *   announce: (sentence: string) => void,
 * }} needs `isSeen`: beside the messages it is in view; `release` gives the keyboard back to the film, over which `tell` speaks
 */
export function mountChatBox({ root, party, now, goTo, away, isSeen, release, tell, announce, setTimeout, clearTimeout }) {
  const form = need(root, "form", HTMLFormElement);
  const text = need(root, "textarea", HTMLTextAreaElement);
  const foot = part(root, "foot");
  const size = part(root, "length");
  const closed = part(root, "closed");
  const reply = part(root, "reply-to");
  /** Sent, by ref, until the room answers. @type {Map<string, Sent>} */
  const sent = new Map();
  /** @type {ChatMessage | null} */
  let answers = null;
  /** Said beneath the box until the next key. */
  let why = "";
  let freeAtMs = -Infinity;
  let isAsking = false;
  /** @type {unknown} */
  let timer = null;

  const situation = () => ({
    isConnected: party.state.phase === "joined",
    slowModeS: party.may.host ? 0 : (party.state.settings?.slowModeS ?? 0),
    waitMs: Math.max(0, freeAtMs - now()),
    length: lengthOf(text.value.trim()),
  });

  const draw = () => {
    const current = situation();
    form.hidden = !party.may.write;
    closed.hidden = party.may.write;
    say(foot, why || footWords(current));
    foot.toggleAttribute("data-why", why !== "");
    say(size, lengthWords(current.length));
    size.toggleAttribute("data-over", isTooLong(current.length));
    reply.hidden = answers === null;
    if (answers) {
      say(part(reply, "reply-name"), answers.name);
      say(part(reply, "reply-text"), firstLine(answers.text));
    }
    if (current.waitMs > 0 && timer === null) timer = setTimeout(tick, Math.min(TICK_MS, current.waitMs));
  };

  const tick = () => {
    timer = null;
    draw();
  };

  /** As high as what is written; the sheet ends it at four lines. */
  const fit = () => {
    text.style.setProperty("block-size", "auto");
    const borders = text.offsetHeight - text.clientHeight;
    text.style.setProperty("block-size", `${text.scrollHeight + borders}px`);
  };

  /** @param {string} value */
  const write = (value) => {
    text.value = value;
    fit();
  };

  /** @param {ChatMessage | null} message */
  const answer = (message) => {
    answers = message;
    draw();
    text.focus();
  };

  const isAway = () => away.place.contains(form);
  /** Whether what stands beneath the box is read. */
  const isRead = () => party.may.write && (isAway() || isSeen() || form.contains(root.ownerDocument.activeElement));

  /** A wait is counted down beneath the box; anything else stands there. @param {string} sentence @param {boolean} [isSpoken] */
  const complain = (sentence, isSpoken = true) => {
    why = situation().waitMs > 0 ? "" : sentence;
    draw();
    if (isSpoken) announce(sentence);
  };

  const focus = () => {
    if (!party.may.write) return away.isWanted() ? tell(closed.textContent ?? "") : closed.focus();
    if (away.isWanted()) away.place.append(form);
    text.focus();
  };
  /** Back beside the messages, with all that is written; whoever writes goes on there. */
  const comeHome = () => {
    if (!isAway()) return;
    const wasWriting = root.ownerDocument.activeElement === text;
    root.append(form);
    if (wasWriting) text.focus();
  };

  const send = () => {
    const written = text.value.trim();
    if (!written) return isAway() && release();
    const obstacle = whyNot(situation());
    if (obstacle) return complain(obstacle);
    isAsking = true; // A room that can't be reached refuses at once, and has no ref for it.
    const ref = party.write(written, answers ? { replyTo: answers.id } : {});
    isAsking = false;
    if (ref === null) return complain(whyNot({ ...situation(), isConnected: false }));
    sent.set(ref, { text: written, answers });
    answers = null;
    why = "";
    write("");
    draw();
  };

  /** @param {Sent} back what the room did not take, before what was typed since */
  const giveBack = (back) => {
    write([back.text, text.value].filter(Boolean).join("\n"));
    answers ??= back.answers;
    draw();
  };

  /** @param {Refusal} refusal */
  const refused = ({ code, message, ref = "", field, retryInMs }) => {
    const back = sent.get(ref);
    if (!back) return;
    sent.delete(ref);
    // What was answered may be gone; then the text goes without.
    giveBack(field === "replyTo" ? { ...back, answers: null } : back);
    if (retryInMs !== undefined) freeAtMs = now() + retryInMs;
    complain((code === "ratelimit" && whyNot(situation())) || message, isRead());
  };

  /** @param {{message: Readonly<ChatMessage>}} said */
  const arrived = ({ message }) => {
    // Slow mode is the person's, whichever tab it was written in.
    if (message.person !== party.state.self?.person) return;
    freeAtMs = Math.max(freeAtMs, now() + situation().slowModeS * 1000);
    draw();
  };

  const left = () => {
    [...sent.values()].reverse().forEach(giveBack);
    sent.clear();
  };

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    // Enter that ends a composition, say of kana, is no sending.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (picker.isOpen) picker.close();
      else if (answers) answer(null);
      else release();
    }
  };

  const picker = mountEmojiPicker({
    root: part(root, "picker"),
    button: part(root, "emoji"),
    insert: (emoji) => {
      text.setRangeText(emoji, text.selectionStart, text.selectionEnd, "end");
      why = "";
      fit();
      draw();
    },
    leave: () => text.focus(),
  });

  draw();
  return {
    answer,
    focus,
    /** Whether it says so itself. @param {Refusal} refusal not heard here yet */
    tells: ({ ref = "" }) => isRead() && (isAsking || sent.has(ref)),
    /** Something else is in view now. */
    look() {
      if (!away.isWanted()) comeHome();
    },
    ...stopAll([
      party.subscribe(draw),
      party.on("refusal", refused),
      party.on("chat", arrived),
      party.on("answered", ({ ref, outcome }) => outcome === "answered" && sent.delete(ref)),
      party.on("left", left),
      listen(root.ownerDocument, "focusin", (/** @type {FocusEvent} */ event) => {
        if (!form.contains(/** @type {Node} */ (event.target))) comeHome();
      }),
      listen(form, "submit", (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        send();
        if (form.contains(root.ownerDocument.activeElement)) text.focus();
      }),
      listen(text, "keydown", key),
      listen(text, "input", () => {
        why = "";
        fit();
        draw();
      }),
      listen(part(reply, "reply-cancel"), "click", () => answer(null)),
      listen(part(reply, "reply-go"), "click", () => answers && goTo(answers.id)),
      picker.stop,
      () => timer !== null && clearTimeout(timer),
    ]),
  };
}

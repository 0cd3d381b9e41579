// @ts-check
/** Fills a row of the chat: one message, or the place of muted ones. */

import { isOnlyEmoji, words } from "./chat-words.js";
import { part, say } from "./dom.js";
import { clockTime, count } from "./format.js";

/** @import { MessageRow, MutedRow } from "./chat-rows.js" */

/** Whoever is led away learns neither where from nor gets hold of this page. */
const LINK_REL = "noopener noreferrer nofollow ugc";

/** @typedef {{canSeek: boolean, canRemove: boolean}} Rights of this viewer, for one message */

/**
 * @param {HTMLElement} element a copy of piece-message
 * @param {MessageRow} row
 * @param {Rights} rights
 */
export function fillMessage(element, { message, isFirst, isOwn, quote }, { canSeek, canRemove }) {
  element.toggleAttribute("data-first", isFirst);
  element.toggleAttribute("data-own", isOwn);
  part(element, "head").hidden = !isFirst;
  part(element, "dot").style.setProperty("--person", message.color);
  say(part(element, "name"), message.name);
  part(element, "you").hidden = !isOwn;

  const text = part(element, "text");
  text.toggleAttribute("data-large", isOnlyEmoji(message.text));
  text.replaceChildren(...words(message.text).map((word) => (word.kind === "link" ? linkTo(text.ownerDocument, word) : word.text)));

  const quoted = part(element, "quote");
  quoted.hidden = quote === null;
  setDisabled(quoted, !quote?.id);
  say(part(element, "quote-name"), quote?.name ?? "");
  say(part(element, "quote-text"), quote?.text ?? "");

  showTime(part(element, "time"), message.videoTime, canSeek);
  say(part(element, "mute"), `Mute ${message.name}`);
  part(element, "mute").hidden = isOwn;
  part(element, "remove").hidden = !canRemove;
}

/**
 * @param {HTMLElement} element a copy of piece-muted
 * @param {MutedRow} row
 */
export function fillMuted(element, { name, count: amount }) {
  say(part(element, "name"), name);
  say(part(element, "count"), count(amount, "message"));
}

/**
 * @param {number} positionS of the film
 */
export function momentOf(positionS) {
  return `at ${clockTime(positionS)} of the film`;
}

/**
 * @param {HTMLElement} button
 * @param {number | null} videoTime
 * @param {boolean} canSeek
 */
function showTime(button, videoTime, canSeek) {
  button.hidden = videoTime === null;
  if (videoTime === null) return;
  const moment = momentOf(videoTime);
  say(button, clockTime(videoTime));
  button.title = canSeek ? `Written ${moment}. Jump there, for everyone` : `Written ${moment}`;
  button.setAttribute("aria-label", canSeek ? `Jump to ${clockTime(videoTime)}, for everyone` : `Written ${moment}`);
}

/**
 * A link among text, kept apart from its direction; the tip shows the host as the browser will ask for it.
 * @param {Document} document
 * @param {{text: string, href: string}} word
 */
function linkTo(document, { text, href }) {
  const link = document.createElement("a");
  link.href = href;
  link.target = "_blank";
  link.rel = LINK_REL;
  link.title = href;
  link.dir = "auto";
  link.textContent = text;
  const apart = document.createElement("bdi");
  apart.append(link);
  return apart;
}

/**
 * Stays where the keyboard is, unlike `disabled`.
 * @param {HTMLElement} button
 * @param {boolean} disabled
 */
function setDisabled(button, disabled) {
  button.setAttribute("aria-disabled", String(disabled));
}

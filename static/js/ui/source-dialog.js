// @ts-check
/** "Change film": another address for everyone, checked as far as a browser can before the room is asked. */

import { listen, need, say, stopAll } from "./dom.js";
import { mountBackdrop } from "./invite.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { SourceRequest } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */

const MAX_URL_LENGTH = 2048;

/**
 * @param {object} needs
 * @param {HTMLDialogElement} needs.dialog
 * @param {HTMLElement} needs.opener shown once we are in the room
 * @param {HTMLElement} needs.title what plays
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {SourceRequest} needs.demo
 * @param {() => string | null} needs.denied why this viewer may not change the film; null: they may
 * @param {() => void} needs.explain that
 * @param {() => void} needs.release gives the keyboard back to the film when the opener is hidden
 * @param {string} needs.pageUrl relative addresses and the page's scheme are judged by it
 */
export function mountSourceDialog({ dialog, opener, title, party, loop, demo, denied, explain, release, pageUrl }) {
  const url = need(dialog, "#source-url", HTMLInputElement);
  const name = need(dialog, "#source-name", HTMLInputElement);
  const error = need(dialog, "#source-error", HTMLElement);

  /** @param {string} sentence */
  const complain = (sentence) => {
    error.hidden = sentence === "";
    say(error, sentence);
    url.setAttribute("aria-invalid", String(sentence !== ""));
  };
  const open = () => {
    if (denied() !== null) return explain();
    const source = party.state.video?.source;
    url.value = source?.url ?? "";
    name.value = source?.title ?? "";
    complain("");
    if (!dialog.open) dialog.showModal();
    url.select();
  };
  /** @param {SourceRequest} source */
  const change = (source) => {
    party.setSource(source);
    dialog.close();
  };
  const draw = () => {
    const { video, phase } = party.state;
    say(title, video?.source ? video.source.title || fileName(video.source.url) : "No film yet");
    keepKeyboard(opener, () => (opener.hidden = phase !== "joined"), release);
    const why = denied();
    opener.setAttribute("aria-disabled", String(why !== null));
    opener.title = why ?? "";
  };

  return {
    open,
    ...stopAll([
      party.subscribe(() => loop.once(draw)),
      listen(opener, "click", open),
      mountBackdrop(dialog),
      listen(need(dialog, "#source-demo", HTMLButtonElement), "click", () => change(demo)),
      listen(need(dialog, "#source-form", HTMLFormElement), "submit", (/** @type {Event} */ event) => {
        event.preventDefault();
        const checked = checkAddress(url.value, pageUrl);
        if (checked.problem !== null) {
          complain(checked.problem);
          url.focus();
          return;
        }
        change({ kind: "file", url: checked.url, title: name.value.trim() || fileName(checked.url) });
      }),
    ]),
  };
}

/**
 * @param {string} text as typed
 * @param {string} pageUrl
 * @returns {{url: string, problem: null} | {url: null, problem: string}}
 */
export function checkAddress(text, pageUrl) {
  const page = new URL(pageUrl);
  const typed = text.trim();
  if (typed === "") return { url: null, problem: "Type or paste the address of a film." };
  if (!URL.canParse(typed, pageUrl)) return { url: null, problem: "That is not an address a browser can open." };
  const address = new URL(typed, pageUrl);
  if (address.origin === page.origin) return { url: address.pathname + address.search, problem: null };
  if (address.protocol !== "https:" && address.protocol !== "http:") {
    return { url: null, problem: "The address has to begin with https://." };
  }
  if (address.protocol === "http:" && page.protocol === "https:") {
    return { url: null, problem: "Browsers only load films over https:// here." };
  }
  if (address.href.length > MAX_URL_LENGTH) return { url: null, problem: "That address is too long." };
  return { url: address.href, problem: null };
}

/**
 * A readable name out of an address: the last part of its path.
 * @param {string} url
 */
export function fileName(url) {
  const last = url.split(/[?#]/)[0].split("/").filter(Boolean).at(-1) ?? "";
  try {
    return decodeURIComponent(last).slice(0, 120);
  } catch {
    return last.slice(0, 120); // A stray percent sign; the raw text will do.
  }
}

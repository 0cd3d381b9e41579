// @ts-check
/** What a viewer sets for this device only: the personal offset, and whether small speed changes may correct. */

import { remember } from "../room/remember.js";
import { listen, need, say, stopAll } from "./dom.js";
import { signed } from "./format.js";

const OFFSET_KEY = "csw-offset-ms";
const SPEED_KEY = "csw-speed-changes";
/** Beyond that no headphone lags, and no projector. */
const MOST_OFFSET_MS = 500;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {{offsetMs: number, allowRate: boolean, kick: () => void}} needs.steering
 * @param {Storage | null} needs.storage
 */
export function mountOwnSettings({ root, steering, storage }) {
  const slider = need(root, "#own-offset", HTMLInputElement);
  const speed = need(root, "#own-speed", HTMLInputElement);
  const figure = need(root, "#own-offset-figure", HTMLElement);
  const words = need(root, "#own-offset-words", HTMLElement);
  const reset = need(root, "#own-offset-reset", HTMLButtonElement);

  const draw = () => {
    const { offsetMs } = steering;
    slider.value = String(offsetMs);
    say(figure, `${signed(offsetMs)} ms`);
    say(words, offsetSentence(offsetMs));
    slider.setAttribute("aria-valuetext", offsetSentence(offsetMs));
    // Not hidden: whoever has just pressed it keeps the keyboard.
    reset.disabled = offsetMs === 0;
    speed.checked = steering.allowRate;
  };
  /** @param {number} offsetMs */
  const setOffset = (offsetMs) => {
    steering.offsetMs = offsetMs;
    steering.kick();
    remember(storage, OFFSET_KEY, String(offsetMs));
    draw();
  };

  steering.offsetMs = rememberedOffset(storage?.getItem(OFFSET_KEY) ?? null);
  steering.allowRate = storage?.getItem(SPEED_KEY) !== "off";
  draw();
  return stopAll([
    listen(slider, "input", () => setOffset(slider.valueAsNumber)),
    listen(reset, "click", () => {
      setOffset(0);
      slider.focus();
    }),
    listen(speed, "change", () => {
      steering.allowRate = speed.checked;
      remember(storage, SPEED_KEY, speed.checked ? "on" : "off");
    }),
  ]);
}

/** @param {string | null} text */
export function rememberedOffset(text) {
  const offsetMs = Number(text ?? 0);
  if (!Number.isFinite(offsetMs)) return 0;
  return Math.min(Math.max(Math.round(offsetMs), -MOST_OFFSET_MS), MOST_OFFSET_MS);
}

/** @param {number} offsetMs */
export function offsetSentence(offsetMs) {
  if (offsetMs === 0) return "Your film runs with the room’s.";
  const size = `${Math.abs(offsetMs)} ms`;
  return offsetMs > 0
    ? `Your film runs ${size} ahead, so that headphones or a projector that lag by as much match.`
    : `Your film runs ${size} behind the room’s.`;
}

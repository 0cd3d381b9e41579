// @ts-check
/** The buttons under the picture: play, start together, jumps, speed, full screen; they ask the room and show its state. */

import { listen, need, setIcon, stopAll } from "./dom.js";
import { rateText } from "./format.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */

const JUMP_S = 10;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root the control bar
 * @param {HTMLButtonElement} needs.bigPlay in the middle of a paused picture
 * @param {HTMLButtonElement} needs.bigTogether beneath it, where somebody else is here
 * @param {HTMLElement} needs.stage goes full screen
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => void} needs.toggle
 * @param {() => void} needs.together
 * @param {(byS: number) => void} needs.jump
 * @param {() => void} needs.toggleFullscreen
 * @param {() => boolean} needs.isFullscreen
 * @param {() => boolean} needs.usable the picture is free for a big button
 * @param {() => string | null} needs.denied why this viewer may not control the film; null: they may
 */
export function mountControls({ root, bigPlay, bigTogether, stage, party, loop, toggle, together, jump, toggleFullscreen, isFullscreen, usable, denied }) {
  const play = need(root, "#play", HTMLButtonElement);
  const fullscreen = need(root, "#fullscreen", HTMLButtonElement);
  const rate = need(root, "#rate", HTMLSelectElement);
  const start = need(root, "#together", HTMLButtonElement);
  const movers = [play, need(root, "#back", HTMLButtonElement), need(root, "#forward", HTMLButtonElement)];
  const titles = new Map([start, rate, ...movers].map((element) => [element, element.title]));

  const draw = () => {
    const { video, phase, userCount } = party.state;
    const playhead = party.playhead();
    const playing = playhead?.playing ?? false;
    setIcon(play, playing ? "icon-pause" : "icon-play");
    const why = denied();
    name(play, playing ? "Pause" : "Play");
    titles.set(play, `${playing ? "Pause" : "Play"} (K)`);
    for (const element of movers) setDisabled(element, !video?.source);
    setDisabled(start, !video?.source || playing);
    setDisabled(rate, !video?.source || why !== null);
    for (const [element, title] of titles) setDenied(element, why, title);
    bigPlay.hidden = playing || phase !== "joined" || !video?.source || !usable() || why !== null;
    bigTogether.hidden = bigPlay.hidden || userCount < 2;
    if (playhead && !rate.matches(":focus-visible")) showRate(rate, playhead.rate);
  };

  const drawFullscreen = () => {
    const on = isFullscreen();
    setIcon(fullscreen, on ? "icon-unfull" : "icon-full");
    const label = on ? "Leave full screen" : "Full screen";
    name(fullscreen, label);
    fullscreen.title = `${label} (F)`;
  };

  /** A button may leave, or be of no use, once it is pressed: then the keyboard is the film's. */
  const redraw = () => keepKeyboard(stage, draw, () => stage.focus({ preventScroll: true }));

  redraw();
  return {
    redraw,
    ...stopAll([
    party.subscribe(() => loop.once(redraw)),
    listen(play, "click", toggle),
    listen(bigPlay, "click", toggle),
    listen(bigTogether, "click", together),
    listen(start, "click", together),
    listen(need(root, "#back", HTMLButtonElement), "click", () => jump(-JUMP_S)),
    listen(need(root, "#forward", HTMLButtonElement), "click", () => jump(JUMP_S)),
    listen(rate, "change", () => party.setRate(Number(rate.value))),
    listen(fullscreen, "click", toggleFullscreen),
    listen(stage, "fullscreenchange", drawFullscreen),
    // A clicked button must not keep the keyboard: Space is play, not "the same again". Whoever writes goes on writing.
    listen(stage, "click", (/** @type {MouseEvent} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("button:not(form *)") : null;
      if (event.detail > 0 && button instanceof HTMLElement) button.blur();
    }),
    ]),
  };
}

/**
 * @param {HTMLElement} button
 * @param {string} label
 */
function name(button, label) {
  if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
}

/**
 * @param {Element} element
 * @param {boolean} disabled
 */
function setDisabled(element, disabled) {
  if (element instanceof HTMLButtonElement || element instanceof HTMLSelectElement) {
    if (element.disabled !== disabled) element.disabled = disabled;
  }
}

/**
 * Not for this viewer, but to be reached and to say why: a press tells it over the film, too.
 * @param {HTMLElement} element
 * @param {string | null} why
 * @param {string} title its own
 */
function setDenied(element, why, title) {
  if (why === null) element.removeAttribute("aria-disabled");
  else element.setAttribute("aria-disabled", "true");
  if (element.title !== (why ?? title)) element.title = why ?? title;
}

/**
 * Another client may choose a speed that our menu lacks; it is shown all the same.
 * @param {HTMLSelectElement} select
 * @param {number} rate
 */
function showRate(select, rate) {
  const value = String(rate);
  if (select.value === value) return;
  select.querySelector("[data-foreign]")?.remove();
  if (![...select.options].some((option) => option.value === value)) {
    const option = new Option(rateText(rate), value);
    option.dataset.foreign = "";
    select.add(option);
  }
  select.value = value;
}

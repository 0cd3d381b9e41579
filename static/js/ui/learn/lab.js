// @ts-check
/** One figure of the course: its inputs are read, its drawing is painted, its sentence is said; again whenever something changes. */

import { listen, need, part, say, stopAll } from "../dom.js";
import { paint } from "./paint.js";
import { tied } from "./words.js";

/** @import { FrameLoop } from "../loop.js" */
/** @import { Box, Drawing } from "./marks.js" */

/** What the inputs hold, by their names. @typedef {Record<string, string>} Values */

/** Narrower than this nothing can be drawn; the figure is not laid out yet. */
const LEAST_WIDTH_PX = 120;
/** Letters grow with the reader's wish as long as a line of so many of them fits the figure. */
const LEAST_EMS = 17;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root the figure
 * @param {FrameLoop} needs.loop
 * @param {(values: Values, box: Box) => Drawing} needs.draw pure
 * @param {(element: Element, run: () => void) => () => void} needs.observeSize
 * @param {(element: Element) => number} needs.letterPx size of its letters
 */
export function mountLab({ root, loop, draw, observeSize, letterPx }) {
  const plot = need(root, "svg[data-part=plot]", SVGSVGElement);
  const inputs = [...root.querySelectorAll("input")];

  const show = () => {
    const width = Math.floor(plot.getBoundingClientRect().width);
    if (width < LEAST_WIDTH_PX) return;
    plot.style.fontSize = "";
    const em = Math.min(letterPx(plot), width / LEAST_EMS);
    plot.style.fontSize = `${em}px`;
    const { marks, height, now, spoken = {}, shown = {} } = draw(read(inputs), { width, em });
    paint(plot, marks, width, height);
    say(part(root, "now"), tied(now));
    for (const [name, words] of Object.entries(shown)) say(part(root, name), words);
    for (const input of inputs) tell(root, input, spoken[input.name]);
  };
  const soon = () => loop.once(show);

  soon();
  return {
    redraw: soon,
    /** As if a hand had moved it. @param {string} name @param {number} value */
    set(name, value) {
      const input = need(root, `input[name="${name}"]`, HTMLInputElement);
      input.value = String(value);
      soon();
    },
    ...stopAll([listen(root, "input", soon), observeSize(root, soon)]),
  };
}

/** @param {readonly HTMLInputElement[]} inputs @returns {Values} */
function read(inputs) {
  const chosen = inputs.filter(({ type, checked }) => type !== "radio" || checked);
  return Object.fromEntries(chosen.map(({ name, value }) => [name, value]));
}

/** Beside the slider for the eye, as its value for the ear. @param {HTMLElement} root @param {HTMLInputElement} input @param {string | undefined} words */
function tell(root, input, words) {
  if (words === undefined || input.type !== "range") return;
  say(need(root, `output[for="${input.id}"]`, HTMLElement), words);
  if (input.getAttribute("aria-valuetext") !== words) input.setAttribute("aria-valuetext", words);
}

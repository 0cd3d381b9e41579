// @ts-check
/** Reactions painted with stamps that look as reactions.css has them: an emoji, and beneath it how many there were. */

import { copy, part } from "./dom.js";
import { pillLook, pillStamp } from "./pill.js";

/** @import { PillLook } from "./pill.js" */
/** @import { Pose } from "./rise.js" */
/** @import { Brush } from "./sheet.js" */
/** @import { Stamps } from "./stamps.js" */

/** Room for emoji that are wider than high. */
const WIDE = 1.5;

/** `size` of an emoji in pixels. @typedef {{font: string, size: number, count: PillLook}} BurstLook */

export class BurstStamps {
  #stamps;
  #read;
  /** @type {BurstLook | null} */
  #known = null;

  /** @param {{stamps: Stamps, layer: HTMLElement, template: HTMLTemplateElement}} needs `layer`: where such elements would stand */
  constructor({ stamps, layer, template }) {
    this.#stamps = stamps;
    this.#read = () => readLook(layer, template);
  }

  /**
   * @param {Brush} brush
   * @param {{x: number, y: number, emoji: string, count: string}} what and where it was sent, pixels of the picture
   * @param {Pose} pose
   */
  paint(brush, { x, y, emoji, count }, { opacity, scale, ...moved }) {
    const look = (this.#known ??= this.#read());
    const [across, down] = [x + moved.x, y + moved.y];
    const pill = count ? pillStamp(this.#stamps, look.count, count) : null;
    const { width, height } = pill?.extent ?? { width: 0, height: 0 };
    // All of it grows about its middle, which is where it was sent.
    brush(this.#emoji(look, emoji), across, down - (height / 2) * scale, opacity, scale);
    if (pill) brush(pill, across - (width / 2) * scale, down + ((look.size - height) / 2) * scale, opacity, scale);
  }

  /** With its place in the middle. @param {BurstLook} look @param {string} emoji */
  #emoji({ font, size }, emoji) {
    return this.#stamps.get(`emoji ${emoji}`, () => ({
      extent: { left: (-size * WIDE) / 2, top: (-size * WIDE) / 2, width: size * WIDE, height: size * WIDE },
      draw(context) {
        Object.assign(context, { font, textAlign: "center" });
        const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: under } = context.measureText(emoji);
        context.fillText(emoji, 0, Math.round((up - under) / 2));
      },
    }));
  }
}

/**
 * Of a reaction that nobody sees.
 * @param {HTMLElement} layer
 * @param {HTMLTemplateElement} template
 * @returns {BurstLook}
 */
function readLook(layer, template) {
  const element = copy(template);
  element.style.visibility = "hidden";
  const [emoji, count] = [part(element, "emoji"), part(element, "count")];
  for (const piece of [emoji, count]) piece.textContent = "1";
  layer.append(element);
  const { fontSize, fontFamily } = getComputedStyle(emoji);
  const look = { font: `${fontSize} ${fontFamily}`, size: parseFloat(fontSize), count: pillLook(count) };
  element.remove();
  return look;
}

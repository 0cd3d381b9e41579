// @ts-check
/** Reactions painted with stamps that look as reactions.css has them: an emoji, and beneath it a count or a name. */

import { copy, part } from "./dom.js";
import { pillLook, pillStamp } from "./pill.js";

/** @import { PillLook } from "./pill.js" */
/** @import { Pose } from "./rise.js" */
/** @import { Brush } from "./sheet.js" */
/** @import { Stamps } from "./stamps.js" */

/** Room for emoji that are wider than high. */
const WIDE = 1.5;

/** Lengths in pixels; `gap` above a name. @typedef {{font: string, size: number, count: PillLook, name: PillLook, gap: number}} BurstLook */

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
   * @param {{x: number, y: number, emoji: string, count: string, name: string}} what and where it was sent, pixels of the picture
   * @param {Pose} pose
   */
  paint(brush, { x, y, emoji, count, name }, pose) {
    const look = (this.#known ??= this.#read());
    const [left, { opacity, scale }] = [x + pose.x, pose];
    const pills = [];
    if (count) pills.push({ stamp: pillStamp(this.#stamps, look.count, count), gap: 0 });
    if (name) pills.push({ stamp: pillStamp(this.#stamps, look.name, name), gap: look.gap });
    const height = pills.reduce((sum, { stamp, gap }) => sum + gap + stamp.extent.height, look.size);
    // All of it grows about its middle, which is where it was sent.
    let down = look.size / 2 - height / 2;
    brush(this.#emoji(look, emoji), left, y + pose.y + down * scale, opacity, scale);
    down += look.size / 2;
    for (const { stamp, gap } of pills) {
      down += gap;
      brush(stamp, left - (stamp.extent.width / 2) * scale, y + pose.y + down * scale, opacity, scale);
      down += stamp.extent.height;
    }
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
  const [emoji, count, name] = ["emoji", "count", "name"].map((piece) => part(element, piece));
  if (!emoji || !count || !name) throw new Error("three were found");
  for (const piece of [emoji, count, name]) piece.textContent = "n";
  layer.append(element);
  const { fontSize, fontFamily } = getComputedStyle(emoji);
  const look = {
    font: `${fontSize} ${fontFamily}`,
    size: parseFloat(fontSize),
    count: pillLook(count),
    name: pillLook(name),
    gap: parseFloat(getComputedStyle(name).marginBlockStart),
  };
  element.remove();
  return look;
}

// @ts-check
/** The one canvas over the film for what a crowd moves there: painted as fluently as a film, gone while nothing is on it. */

import { FLUENT_MS } from "./loop.js";

/** @import { FrameLoop } from "./loop.js" */
/** @import { Stamp, Stamps } from "./stamps.js" */

/** Puts a stamp with its place at x and y, pixels of the picture. @typedef {(stamp: Stamp, x: number, y: number, opacity?: number, scale?: number) => void} Brush */
/** Paints one kind of things; how long what it painted stays true. @typedef {(brush: Brush, nowMs: number) => number} Painter */

/**
 * @param {object} needs
 * @param {HTMLCanvasElement} needs.canvas as large as the film, black bars included: names may stand beside the picture
 * @param {Stamps} needs.stamps
 * @param {FrameLoop} needs.loop
 * @param {() => {left: number, top: number, filmWidth: number, filmHeight: number}} needs.size the picture's corner in the film, and the film
 * @param {() => number} needs.ratio device pixels per pixel
 */
export function mountSheet({ canvas, stamps, loop, size, ratio }) {
  /** @type {Painter[]} */
  const painters = [];
  let restMs = Infinity;
  let rest = () => {};

  /** @param {number} nowMs */
  const paint = (nowMs) => {
    const { left, top, filmWidth, filmHeight } = size();
    const scale = ratio();
    const context = cleared(canvas, Math.round(filmWidth * scale), Math.round(filmHeight * scale));
    stamps.scaleTo(scale);
    let isEmpty = true;
    /** @type {Brush} */
    const brush = (stamp, x, y, opacity = 1, grown = 1) => {
      isEmpty = false;
      context.globalAlpha = opacity;
      const [across, down] = [(left + x + stamp.left * grown) * scale, (top + y + stamp.top * grown) * scale];
      // On whole pixels it is copied, not computed anew, and its letters stay sharp.
      if (grown === 1) context.drawImage(stamp.picture, Math.round(across), Math.round(down));
      else context.drawImage(stamp.picture, across, down, stamp.picture.width * grown, stamp.picture.height * grown);
    };
    restMs = Math.min(Infinity, ...painters.map((painter) => painter(brush, nowMs)));
    if (canvas.hidden !== isEmpty) canvas.hidden = isEmpty;
  };

  return {
    /**
     * @param {Painter} painter on top of those before
     * @returns {() => void} paints from the next frame on, until nothing that was painted changes by itself
     */
    add(painter) {
      painters.push(painter);
      return () => {
        if (restMs <= FLUENT_MS) return;
        restMs = 0;
        rest();
        rest = loop.add(paint, { everyMs: () => Math.max(restMs, FLUENT_MS) });
      };
    },
    stop: () => rest(),
  };
}

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height in device pixels */
function cleared(canvas, width, height) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  else context.clearRect(0, 0, width, height);
  return context;
}

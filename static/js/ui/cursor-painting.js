// @ts-check
/** Many pointers: painted on the sheet, with the fades and the tap that cursor.css gives to few. */

import { easeOut, Fade } from "./ease.js";

/** @import { Drawn, Pointer } from "./cursors.js" */
/** @import { PointerStamps } from "./pointer-stamps.js" */
/** @import { Brush } from "./sheet.js" */

/** As in cursor.css. */
const FADE_MS = 400;
const TAP_MS = 300;
const TAP_FROM = 0.3;

/** What goes on with one that is painted. @typedef {{fade: Fade, tappedMs: number | null}} Course */

export class CursorPainting {
  #stamps;
  /** @type {WeakMap<Pointer, Course>} */
  #courses = new WeakMap();

  /** @param {{stamps: Pick<PointerStamps, "paint">}} needs */
  constructor({ stamps }) {
    this.#stamps = stamps;
  }

  /**
   * @param {Brush} brush
   * @param {number} nowMs
   * @param {Pointer} pointer
   * @param {Drawn & {named: boolean}} drawn
   * @param {boolean} calm reduced motion: a ring does not grow
   * @returns {boolean} whether a fade or a tap goes on
   */
  paint(brush, nowMs, pointer, drawn, calm) {
    const { idle, tapped, user, named } = drawn;
    const course = this.#courses.get(pointer) ?? { fade: new Fade(idle ? 0 : 1, FADE_MS), tappedMs: null };
    this.#courses.set(pointer, course);
    course.fade.turn(idle ? 0 : 1, nowMs);
    course.tappedMs = tapped ? (course.tappedMs ?? nowMs) : null;
    const tapShare = course.tappedMs === null || calm ? 1 : (nowMs - course.tappedMs) / TAP_MS;
    const opacity = course.fade.at(nowMs);
    const ring = TAP_FROM + (1 - TAP_FROM) * easeOut(tapShare);
    if (opacity > 0) this.#stamps.paint(brush, { ...drawn, ring, opacity, name: (named && user?.name) || "", color: user?.color ?? null });
    return tapShare < 1 || !course.fade.isOver(nowMs);
  }
}

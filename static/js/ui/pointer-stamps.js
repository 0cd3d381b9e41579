// @ts-check
/** Pointers painted with stamps that look as cursor.css has them: an arrow or a ring, and a name. */

import { copy, need, part } from "./dom.js";
import { pillLook, pillStamp } from "./pill.js";

/** @import { PillLook } from "./pill.js" */
/** @import { Brush } from "./sheet.js" */
/** @import { Stamp, Stamps } from "./stamps.js" */

/** x and y: where it points, pixels of the picture; left, up: the side on which its name stands. @typedef {{x: number, y: number, left: boolean, up: boolean, tapped: boolean, ring: number, opacity: number, name: string, color: string | null}} Pose */

/**
 * Places in pixels from where it points.
 * @typedef {object} PointerLook
 * @property {PillLook} name
 * @property {string} nobody the colour of who is not listed
 * @property {string} edge the colour around arrow and ring
 * @property {{path: Path2D, left: number, top: number, size: number, scale: number, stroke: number}} arrow
 * @property {{size: number, line: number, edge: number}} ring
 * @property {{left: number, top: number, tapTop: number, right: number, bottom: number}} at of the name: its left or right end, its upper or lower one
 */

export class PointerStamps {
  #stamps;
  #read;
  /** @type {PointerLook | null} */
  #known = null;

  /** @param {{stamps: Stamps, layer: HTMLElement, template: HTMLTemplateElement}} needs `layer`: where such elements would stand */
  constructor({ stamps, layer, template }) {
    this.#stamps = stamps;
    this.#read = () => readLook(layer, template);
  }

  get #look() {
    return (this.#known ??= this.#read());
  }

  /**
   * @param {Brush} brush
   * @param {Pose} pose
   */
  paint(brush, { x, y, left, up, tapped, ring, opacity, name, color }) {
    const look = this.#look;
    const shade = color ?? look.nobody;
    if (tapped) brush(this.#ring(shade), x, y, opacity, ring);
    else brush(this.#arrow(shade), x, y, opacity);
    if (!name) return;
    const stamp = pillStamp(this.#stamps, look.name, name, shade);
    const { width, height } = stamp.extent;
    const { at } = look;
    brush(stamp, x + (left ? at.right - width : at.left), y + (up ? at.bottom - height : tapped ? at.tapTop : at.top), opacity);
  }

  /** @param {string} color @returns {Stamp} */
  #arrow(color) {
    const { arrow, edge } = this.#look;
    const { path, left, top, size, scale, stroke } = arrow;
    return this.#stamps.get(`arrow ${color}`, () => ({
      extent: { left, top, width: size, height: size },
      draw(context) {
        context.translate(left, top);
        context.scale(scale, scale);
        Object.assign(context, { fillStyle: color, strokeStyle: edge, lineWidth: stroke, lineJoin: "round" });
        context.fill(path);
        context.stroke(path);
      },
    }));
  }

  /** @param {string} color @returns {Stamp} */
  #ring(color) {
    const { ring, edge } = this.#look;
    const out = ring.size / 2;
    return this.#stamps.get(`ring ${color}`, () => ({
      extent: { left: -out, top: -out, width: ring.size, height: ring.size },
      draw(context) {
        circle(context, out - ring.line / 2, ring.line, color);
        circle(context, out + ring.edge / 2, ring.edge, edge);
      },
    }));
  }
}

/** @param {CanvasRenderingContext2D} context @param {number} radius @param {number} line @param {string} color */
function circle(context, radius, line, color) {
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  Object.assign(context, { lineWidth: line, strokeStyle: color });
  context.stroke();
}

/**
 * Of two pointers that nobody sees.
 * @param {HTMLElement} layer
 * @param {HTMLTemplateElement} template
 * @returns {PointerLook}
 */
function readLook(layer, template) {
  const [plain, tapped, aside] = ["", "cursor--tap", "cursor--left cursor--up"].map((classes) => {
    const element = copy(template);
    element.className += ` ${classes}`;
    element.style.visibility = "hidden";
    part(element, "name").textContent = "n";
    layer.append(element);
    return element;
  });
  if (!plain || !tapped || !aside) throw new Error("three were made");
  const arrow = need(plain, "svg", SVGSVGElement);
  const path = need(arrow, "path", SVGPathElement);
  const [arrowStyle, ringStyle] = [getComputedStyle(arrow), getComputedStyle(need(plain, ".cursor__ring", HTMLElement))];
  const box = boxIn(plain, arrow);
  const scale = box.width / arrow.viewBox.baseVal.width;
  const look = {
    name: pillLook(part(plain, "name")),
    nobody: arrowStyle.fill,
    edge: arrowStyle.stroke,
    arrow: {
      path: new Path2D(path.getAttribute("d") ?? ""),
      left: box.left,
      top: box.top,
      size: box.width,
      scale,
      stroke: parseFloat(arrowStyle.strokeWidth),
    },
    ring: { size: parseFloat(ringStyle.inlineSize), line: parseFloat(ringStyle.borderTopWidth), edge: parseFloat(ringStyle.outlineWidth) },
    at: {
      left: boxIn(plain, part(plain, "name")).left,
      top: boxIn(plain, part(plain, "name")).top,
      tapTop: boxIn(tapped, part(tapped, "name")).top,
      right: boxIn(aside, part(aside, "name")).right,
      bottom: boxIn(aside, part(aside, "name")).bottom,
    },
  };
  for (const element of [plain, tapped, aside]) element.remove();
  return look;
}

/** @param {Element} element @param {Element} inner */
function boxIn(element, inner) {
  const [outer, box] = [element.getBoundingClientRect(), inner.getBoundingClientRect()];
  const [left, top] = [box.left - outer.left, box.top - outer.top];
  return { left, top, right: left + box.width, bottom: top + box.height, width: box.width };
}

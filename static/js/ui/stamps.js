// @ts-check
/** Little pictures that are drawn once and then stamped onto the sheet as often as needed. */

/** What a stamp shows, about its place; pixels of the page. @typedef {{left: number, top: number, width: number, height: number}} Extent */
/** `left` and `top` are those of the picture's own corner. @typedef {{picture: HTMLCanvasElement, left: number, top: number, extent: Extent}} Stamp */

/** A large room's names, emoji and counts; beyond that all are drawn anew. */
const MOST = 400;
/** A stamp is so much larger than what it shows: outlines and round letters stick out. */
const MARGIN = 2;

export class Stamps {
  #newCanvas;
  #ratio = 1;
  /** @type {Map<string, Stamp>} */
  #stamps = new Map();
  /** @type {CanvasRenderingContext2D | null} */
  #ruler = null;

  /** @param {{newCanvas: () => HTMLCanvasElement}} needs */
  constructor({ newCanvas }) {
    this.#newCanvas = () => newCanvas();
  }

  /** For measuring words before a stamp's size is known. */
  get ruler() {
    return (this.#ruler ??= contextOf(this.#newCanvas()));
  }

  /** @param {number} ratio device pixels per pixel */
  scaleTo(ratio) {
    if (ratio !== this.#ratio) this.#stamps.clear();
    this.#ratio = ratio;
  }

  /**
   * @param {string} key what it shows
   * @param {() => {extent: Extent, draw: (context: CanvasRenderingContext2D) => void}} plan draws with its place at 0, 0
   * @returns {Stamp}
   */
  get(key, plan) {
    const known = this.#stamps.get(key);
    if (known) return known;
    if (this.#stamps.size >= MOST) this.#stamps.clear();
    const { extent, draw } = plan();
    const stamp = this.#drawn(extent, draw);
    this.#stamps.set(key, stamp);
    return stamp;
  }

  /** @param {Extent} extent @param {(context: CanvasRenderingContext2D) => void} draw @returns {Stamp} */
  #drawn(extent, draw) {
    const picture = this.#newCanvas();
    const [left, top] = [Math.floor(extent.left) - MARGIN, Math.floor(extent.top) - MARGIN];
    const [width, height] = [Math.ceil(extent.width) + 2 * MARGIN, Math.ceil(extent.height) + 2 * MARGIN];
    picture.width = Math.ceil(width * this.#ratio);
    picture.height = Math.ceil(height * this.#ratio);
    const context = contextOf(picture);
    context.scale(this.#ratio, this.#ratio);
    context.translate(-left, -top);
    draw(context);
    return { picture, left, top, extent };
  }
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

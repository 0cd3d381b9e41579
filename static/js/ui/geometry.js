// @ts-check
/** Where the picture lies inside its element, and percent of it; pure. */

/**
 * @typedef {object} Rect
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 */

/** Before a film's size is known we assume what most films are. */
const USUAL_RATIO = 16 / 9;

/**
 * The picture inside a letterboxed or pillarboxed element (object-fit: contain).
 * @param {Rect} box
 * @param {number} videoWidth 0: not known yet
 * @param {number} videoHeight
 * @returns {Rect}
 */
export function pictureRect(box, videoWidth, videoHeight) {
  const ratio = videoWidth > 0 && videoHeight > 0 ? videoWidth / videoHeight : USUAL_RATIO;
  if (box.width <= 0 || box.height <= 0) return { ...plain(box), width: 0, height: 0 };
  const width = Math.min(box.width, box.height * ratio);
  const height = Math.min(box.height, box.width / ratio);
  return {
    left: box.left + (box.width - width) / 2,
    top: box.top + (box.height - height) / 2,
    width,
    height,
  };
}

/** @param {Rect} box */
function plain({ left, top, width, height }) {
  return { left, top, width, height };
}

/**
 * Percent of the picture, or null beside it.
 * @param {Rect} picture
 * @param {number} x
 * @param {number} y
 * @returns {{x: number, y: number} | null}
 */
export function toPercent(picture, x, y) {
  if (picture.width <= 0 || picture.height <= 0) return null;
  const percent = {
    x: (100 * (x - picture.left)) / picture.width,
    y: (100 * (y - picture.top)) / picture.height,
  };
  const inside = percent.x >= 0 && percent.x <= 100 && percent.y >= 0 && percent.y <= 100;
  return inside ? percent : null;
}

/**
 * A place in the picture in pixels from the element's own corner.
 * @param {Rect} picture measured from that corner
 * @param {number} x percent
 * @param {number} y percent
 */
export function fromPercent(picture, x, y) {
  return {
    left: picture.left + (picture.width * x) / 100,
    top: picture.top + (picture.height * y) / 100,
  };
}

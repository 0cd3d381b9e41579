// @ts-check
/** A word on a round dark ground, as the style sheet has it, drawn on a canvas. */

/** @import { Stamp, Stamps } from "./stamps.js" */

/**
 * Lengths in pixels.
 * @typedef {object} PillLook
 * @property {string} font
 * @property {string} ink
 * @property {string} ground
 * @property {number} mark width of the coloured edge in front
 * @property {number} padding beside the word
 * @property {number} height
 * @property {number} most width
 */

/** @param {HTMLElement} element that shows a word @returns {PillLook} */
export function pillLook(element) {
  const style = getComputedStyle(element);
  const { fontStyle, fontWeight, fontSize, fontFamily } = style;
  const most = parseFloat(style.maxInlineSize);
  return {
    font: `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`,
    ink: style.color,
    ground: style.backgroundColor,
    mark: parseFloat(style.borderInlineStartWidth) || 0,
    padding: parseFloat(style.paddingInlineEnd),
    height: element.getBoundingClientRect().height,
    most: Number.isNaN(most) ? Infinity : most,
  };
}

/**
 * With its upper left corner at its place.
 * @param {Stamps} stamps
 * @param {PillLook} look
 * @param {string} text
 * @param {string} [color] of the edge
 * @returns {Stamp}
 */
export function pillStamp(stamps, look, text, color = "") {
  return stamps.get(`${look.font} ${color} ${text}`, () => {
    const { word, width } = fit(stamps.ruler, look, text);
    return {
      extent: { left: 0, top: 0, width, height: look.height },
      draw: (context) => draw(context, look, word, width, color),
    };
  });
}

/**
 * As much of a text as there is room for, and how wide the pill is then.
 * @param {Pick<CanvasRenderingContext2D, "font" | "measureText">} ruler
 * @param {Pick<PillLook, "font" | "mark" | "padding" | "most">} look
 * @param {string} text
 * @returns {{word: string, width: number}}
 */
export function fit(ruler, { font, mark, padding, most }, text) {
  ruler.font = font;
  const widthOf = (/** @type {string} */ word) => ruler.measureText(word).width + mark + 2 * padding;
  const width = widthOf(text);
  if (width <= most) return { word: text, width };
  const letters = [...text];
  while (letters.length > 1 && widthOf(`${letters.join("")}…`) > most) letters.pop();
  return { word: `${letters.join("")}…`, width: most };
}

/** @param {CanvasRenderingContext2D} context @param {PillLook} look @param {string} word @param {number} width @param {string} color */
function draw(context, { font, ink, ground, mark, padding, height }, word, width, color) {
  const round = height / 2;
  context.beginPath();
  context.roundRect(0, 0, width, height, round);
  context.fillStyle = ground;
  context.fill();
  if (mark > 0) {
    // As a border on one side is: what the smaller shape within leaves of the whole.
    const front = { x: Math.max(round - mark, 0), y: round };
    context.roundRect(mark, 0, width - mark, height, [front, round, round, front]);
    context.fillStyle = color;
    context.fill("evenodd");
  }
  context.font = font;
  context.fillStyle = ink;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = context.measureText(word);
  context.fillText(word, mark + padding, (height - up - down) / 2 + up);
}

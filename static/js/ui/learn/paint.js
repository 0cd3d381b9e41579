// @ts-check
/** Puts marks into an SVG, keeping the elements that are there. */

/** @import { Mark } from "./marks.js" */

const SVG = "http://www.w3.org/2000/svg";

/** @param {SVGSVGElement} svg @param {readonly Mark[]} marks @param {number} width @param {number} height */
export function paint(svg, marks, width, height) {
  set(svg, "viewBox", `0 0 ${width} ${Math.ceil(height)}`);
  set(svg, "height", String(Math.ceil(height)));
  marks.forEach((mark, index) => paintMark(svg, mark, svg.children[index]));
  while (svg.children.length > marks.length) svg.lastElementChild?.remove();
}

/** @param {SVGSVGElement} svg @param {Mark} mark @param {Element | undefined} held */
function paintMark(svg, mark, held) {
  let element = held;
  if (!element || element.tagName !== mark.tag) {
    element = svg.ownerDocument.createElementNS(SVG, mark.tag);
    if (held) held.replaceWith(element);
    else svg.append(element);
  }
  set(element, "class", mark.kind);
  for (const [name, value] of Object.entries(mark.at)) set(element, name, value);
  if (mark.words !== undefined && element.textContent !== mark.words) element.textContent = mark.words;
}

/** @param {Element} element @param {string} name @param {string} value */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

// @ts-check
/** The course's words: figures tied to their units; pure. */

const UNITS = /(\d) (µs|ms|s|ppm|%)(?![\w])/g;

/** Ties each figure to its unit, so that no line ends between them. @param {string} words */
export function tied(words) {
  return words.replace(UNITS, "$1\u00a0$2");
}

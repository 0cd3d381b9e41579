// @ts-check
/** Chapter 7: the tree of clocks, and the way through it to this page; pure. */

import { dot, label, line } from "./marks.js";

/** @import { Box, Drawing, Mark } from "./marks.js" */

/** How many clocks are drawn on a level, and through which of them the way to us leads. */
const LEVELS = Object.freeze([
  { name: "0  atomic clocks", count: 2, ours: 1 },
  { name: "1  joined to them", count: 3, ours: 1 },
  { name: "2  ask those", count: 6, ours: 3 },
  { name: "3  ask those", count: 9, ours: 5 },
  { name: "our media clock", count: 1, ours: 0 },
  { name: "you, and others", count: 4, ours: 1 },
]);
const ROW_EMS = 3;
const WORDS_EMS = 9.5;
/** Narrower, only the way itself is drawn. */
const TREE_FROM_EMS = 18;

/** @param {Box} box @returns {Drawing} */
export function drawStrata({ width, em }) {
  const whole = width >= TREE_FROM_EMS * em;
  const left = WORDS_EMS * em;
  const rows = LEVELS.map(({ count, ours }, row) => {
    const places = Array.from({ length: count }, (_, index) => left + ((index + 0.5) / count) * (width - left));
    const shown = whole ? places : [left + (width - left) / 2];
    return { y: (row + 0.7) * ROW_EMS * em, places: shown, ours: whole ? ours : 0 };
  });
  const marks = rows.flatMap(({ y, places, ours }, row) => [
    ...branches(rows[row - 1], { y, places, ours }),
    label(row > 3 ? "word--strip" : "name", 0, y + em * 0.35, LEVELS[row]?.name ?? ""),
  ]);
  const nodes = rows.flatMap(({ y, places, ours }) =>
    places.map((x, index) => dot(index === ours ? "fill-solid-time" : "node", x, y, em * (index === ours ? 0.5 : 0.42))),
  );
  return {
    marks: [...marks, ...nodes],
    height: ROW_EMS * (LEVELS.length + 0.2) * em,
    now: "The usual way here: an atomic clock, a stratum 1 server, a public one, the machine we run on, then our media clock, and you.",
  };
}

/** @typedef {{y: number, places: number[], ours: number}} Row */

/** Each clock asks the one above it that stands nearest; ours its own. @param {Row | undefined} above @param {Row} row @returns {Mark[]} */
function branches(above, { y, places, ours }) {
  if (!above) return [];
  return places.map((x, index) => {
    const parent = index === ours ? above.ours : nearest(above.places, x);
    return line(index === ours ? "stroke-time" : "branch", above.places[parent] ?? 0, above.y, x, y);
  });
}

/** @param {readonly number[]} places @param {number} x */
function nearest(places, x) {
  return places.reduce((best, place, index) => (Math.abs(place - x) < Math.abs((places[best] ?? 0) - x) ? index : best), 0);
}

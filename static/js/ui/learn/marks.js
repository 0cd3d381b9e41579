// @ts-check
/** The marks a figure is drawn with (lines, paths, dots, bars, words), its frame and its axes; pure. */

/**
 * One SVG element to be: `kind` is its class, `at` its attributes.
 * @typedef {{tag: "line" | "path" | "circle" | "rect" | "text", kind: string, at: Readonly<Record<string, string>>, words?: string}} Mark
 */
/** The room a figure has: its width, and the size of its letters, both in CSS pixels. @typedef {{width: number, em: number}} Box */
/** @typedef {{left: number, right: number, top: number, bottom: number, height: number}} Frame */
/** @typedef {(value: number) => number} Scale */
/** @typedef {"start" | "middle" | "end"} Anchor */
/** What a figure is at this moment: its marks, the sentence under it, what each input says aloud, and figures shown elsewhere. @typedef {{marks: Mark[], height: number, now: string, spoken?: Record<string, string>, shown?: Record<string, string>}} Drawing */

/** Tenths of a pixel are finer than any screen. @param {number} value */
const px = (value) => String(Math.round(value * 10) / 10);

/** @param {string} kind @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 @returns {Mark} */
export function line(kind, x1, y1, x2, y2) {
  return { tag: "line", kind, at: { x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2) } };
}

/** @param {string} kind @param {ReadonlyArray<readonly [number, number]>} points @returns {Mark} */
export function polyline(kind, points) {
  return { tag: "path", kind, at: { d: `M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join("L")}` } };
}

/** @param {string} kind @param {ReadonlyArray<readonly [number, number]>} points @returns {Mark} */
export function area(kind, points) {
  const { at, ...rest } = polyline(kind, points);
  return { ...rest, at: { d: `${at.d}Z` } };
}

/** @param {string} kind @param {number} cx @param {number} cy @param {number} r @returns {Mark} */
export function dot(kind, cx, cy, r) {
  return { tag: "circle", kind, at: { cx: px(cx), cy: px(cy), r: px(r) } };
}

/** @param {string} kind @param {number} x @param {number} y @param {number} width @param {number} height @returns {Mark} */
export function bar(kind, x, y, width, height) {
  return { tag: "rect", kind, at: { x: px(x), y: px(y), width: px(Math.max(width, 0)), height: px(Math.max(height, 0)), rx: "2" } };
}

/** @param {string} kind @param {number} x @param {number} y the baseline @param {string} words @param {Anchor} [anchor] @returns {Mark} */
export function label(kind, x, y, words, anchor = "start") {
  return { tag: "text", kind: `word ${kind}`, at: { x: px(x), y: px(y), "text-anchor": anchor }, words };
}

/** How wide a letter is, in its height: of the mono exactly, of the text face on average. */
const MONO_EMS = 0.6;
const TEXT_EMS = 0.5;

/**
 * Words over a point, moved aside where they would leave the frame.
 * @param {string} kind @param {number} x @param {number} y the baseline @param {string} words @param {Pick<Frame, "left" | "right">} place @param {Box} box
 * @returns {Mark}
 */
export function labelOver(kind, x, y, words, { left, right }, { em }) {
  const half = (words.length * (kind === "value" ? MONO_EMS : TEXT_EMS) * em) / 2;
  const fits = half * 2 <= right - left;
  return label(kind, fits ? Math.max(Math.min(x, right - half), left + half) : (left + right) / 2, y, words, "middle");
}

/** Round values within a range, at most so many. @param {number} from @param {number} to @param {number} most */
export function ticks(from, to, most) {
  const rough = (to - from) / Math.max(most - 1, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  const found = [];
  for (let value = Math.ceil(from / step) * step; value <= to + step * 1e-6; value += step) found.push(Number(value.toPrecision(12)));
  return found;
}

/**
 * The frame of a plot: margins in letters, so that twice the size of text still fits.
 * @param {Box} box
 * @param {{left: number, right: number, top: number, bottom: number, height: number}} ems
 * @returns {Frame}
 */
export function frame({ width, em }, { left, right, top, bottom, height }) {
  return { left: left * em, right: width - right * em, top: top * em, bottom: (height - bottom) * em, height: height * em };
}

/** A plot's height in letters: in proportion on wide screens, tall enough on narrow ones. @param {Box} box */
export function plotEms({ width, em }) {
  return Math.min(24, Math.max(18, (width / em) * 0.62));
}

/** A minus is a minus, not a hyphen. @param {number} value */
export function tickText(value) {
  return value < 0 ? `−${-value}` : String(value);
}

/**
 * The axis at the bottom, its name under its right end.
 * @param {Frame} place @param {Box} box @param {Scale} x @param {readonly number[]} values @param {string} name with its unit
 * @returns {Mark[]}
 */
export function axisBelow({ left, right, bottom }, { em }, x, values, name) {
  return [
    line("axis", left, bottom, right, bottom),
    ...values.flatMap((value) => [
      line("axis", x(value), bottom, x(value), bottom + em * 0.35),
      label("tick", x(value), bottom + em * 1.5, tickText(value), "middle"),
    ]),
    label("name", right, bottom + em * 2.8, name, "end"),
  ];
}

/**
 * The axis at the left, hairlines across, its name above.
 * @param {Frame} place @param {Box} box @param {Scale} y @param {readonly number[]} values @param {string} name with its unit
 * @returns {Mark[]}
 */
export function axisLeft({ left, right, top }, { em }, y, values, name) {
  return [
    ...values.flatMap((value) => [
      line(value === 0 ? "axis" : "hair", left, y(value), right, y(value)),
      label("tick", left - em * 0.5, y(value) + em * 0.35, tickText(value), "end"),
    ]),
    label("name", 0, top - em * 0.9, name),
  ];
}

/** How many words of a width fit beside each other. @param {number} length in pixels @param {Box} box @param {number} [ems] */
export function fitting(length, { em }, ems = 5) {
  return Math.max(2, Math.floor(length / (ems * em)) + 1);
}

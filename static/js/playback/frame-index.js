// @ts-check
/**
 * Reads, from the picture of a playing film, which frame it shows: the ruler of every accuracy test.
 *
 * `RULER` is the only definition of the strip. Its literal is strict JSON, because `tools/ruler.py`
 * reads it from this file to draw the strip. The module imports nothing, so that a test can inject it
 * into any page.
 *
 * The strip is a row of cells: start guard (lit, dark), the index in Gray code with its highest bit
 * first, its check, end guard (lit, dark). The index always counts 60ths of a second of media time,
 * whatever the frame rate: a 30 fps film shows even numbers only, and different films compare directly.
 */

/** The strip's geometry in pixels of a `width` × `height` picture, its code and its thresholds. */
export const RULER = Object.freeze({
  "width": 854,
  "height": 480,
  "strip_x": 64,
  "strip_y": 448,
  "cell_width": 32,
  "cell_height": 32,
  "index_rate": 60,
  "index_count": 5400,
  "index_bits": 13,
  "check_bits": 6,
  "check_polynomial": 47,
  "check_mask": 21,
  "min_contrast": 60,
  "dark_below": 0.35,
  "lit_above": 0.65
});

const HAVE_CURRENT_DATA = 2;
const GUARD_CELLS = 2;
const CELL_COUNT = GUARD_CELLS + RULER.index_bits + RULER.check_bits + GUARD_CELLS;

/** Each cell becomes this many pixels square on the scratch canvas; only the middle ones are averaged. */
const SCRATCH_CELL_PX = 8;
const MARGIN_PX = 3;

/** A part of a picture, in its pixels. @typedef {{x: number, y: number, width: number, height: number}} Rect */

/**
 * Reads the frame a video shows now. A cross-origin film needs `crossorigin`, else the browser throws.
 *
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement | OffscreenCanvas} [scratch] kept by the caller when reading often
 * @returns {{index: number, mediaTimeS: number} | null} null when the strip can't be read with certainty
 */
export function readFrameIndex(video, scratch = new OffscreenCanvas(1, 1)) {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height || video.readyState < HAVE_CURRENT_DATA) return null;
  const strip = stripOf(width, height);
  const cut = cutOut(video, strip);
  const levels = cut ? levelsOf(cut.frame, cut.strip, scratch) : levelsOf(video, strip, scratch);
  cut?.frame.close();
  const index = decodeCells(levels);
  return index === null ? null : { index, mediaTimeS: index / RULER.index_rate };
}

/**
 * The brightness (0 to 255) of the middle of each cell, in any picture of the film: a video, a
 * screenshot's bitmap, a canvas. `width` and `height` are the picture's own, in its pixels.
 *
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @param {HTMLCanvasElement | OffscreenCanvas} scratch
 * @returns {number[]}
 */
export function sampleCells(picture, width, height, scratch) {
  return levelsOf(picture, stripOf(width, height), scratch);
}

/**
 * Only the strip of the video's frame: drawing from the video itself turns its whole picture to RGB
 * first, which costs a 480p film 3.4 ms instead of 0.5 (Chromium 156 without a GPU).
 *
 * @param {HTMLVideoElement} video
 * @param {Rect} strip
 * @returns {{frame: VideoFrame, strip: Rect} | null} null where the browser cannot, or its frame has other pixels
 */
function cutOut(video, strip) {
  if (typeof VideoFrame !== "function") return null;
  const whole = new VideoFrame(video);
  try {
    if (whole.visibleRect?.width !== video.videoWidth || whole.visibleRect.height !== video.videoHeight) return null;
    const x = evenBelow(whole.visibleRect.x + strip.x);
    const y = evenBelow(whole.visibleRect.y + strip.y);
    const left = strip.x + whole.visibleRect.x - x;
    const top = strip.y + whole.visibleRect.y - y;
    // Colour is coarser than brightness: a cut goes through even lines only.
    const visibleRect = { x, y, width: evenAbove(left + strip.width), height: evenAbove(top + strip.height) };
    return { frame: new VideoFrame(whole, { visibleRect }), strip: { ...strip, x: left, y: top } };
  } finally {
    whole.close();
  }
}

/** @param {number} pixels */
function evenBelow(pixels) {
  return 2 * Math.floor(pixels / 2);
}

/** @param {number} pixels */
function evenAbove(pixels) {
  return 2 * Math.ceil(pixels / 2);
}

/** Where the strip is in a picture of that size. @param {number} width @param {number} height @returns {Rect} */
function stripOf(width, height) {
  const scaleX = width / RULER.width;
  const scaleY = height / RULER.height;
  return {
    x: RULER.strip_x * scaleX,
    y: RULER.strip_y * scaleY,
    width: CELL_COUNT * RULER.cell_width * scaleX,
    height: RULER.cell_height * scaleY,
  };
}

/** @param {CanvasImageSource} picture @param {Rect} strip @param {HTMLCanvasElement | OffscreenCanvas} scratch @returns {number[]} */
function levelsOf(picture, { x, y, width, height }, scratch) {
  const context = scratchContext(scratch);
  context.drawImage(picture, x, y, width, height, 0, 0, scratch.width, scratch.height);
  const { data } = context.getImageData(0, 0, scratch.width, scratch.height);
  return Array.from({ length: CELL_COUNT }, (_, cell) => middleLuma(data, cell));
}

/**
 * The index that a row of cell brightnesses stands for, or null when any of it is doubtful: a wrong
 * number of cells, too little contrast between the guards, a cell neither dark nor lit, a failed check,
 * an index beyond the film's end.
 *
 * @param {number[]} levels
 * @returns {number | null}
 */
export function decodeCells(levels) {
  if (levels.length !== CELL_COUNT) return null;
  const [startLit, startDark] = levels;
  const [endLit, endDark] = levels.slice(-GUARD_CELLS);
  const contrast = Math.min(startLit, endLit) - Math.max(startDark, endDark);
  if (!(contrast >= RULER.min_contrast)) return null;

  const dark = (startDark + endDark) / 2;
  const range = (startLit + endLit) / 2 - dark;
  let word = 0;
  for (const level of levels.slice(GUARD_CELLS, -GUARD_CELLS)) {
    const share = (level - dark) / range;
    const isLit = share > RULER.lit_above;
    if (!isLit && !(share < RULER.dark_below)) return null;
    word = (word << 1) | Number(isLit);
  }
  const gray = word >> RULER.check_bits;
  if (withCheck(gray) !== word) return null;
  const index = fromGray(gray);
  return index < RULER.index_count ? index : null;
}

/**
 * The cells that stand for an index, guards included: 1 is lit, 0 is dark.
 *
 * @param {number} index
 * @returns {number[]}
 */
export function encodeCells(index) {
  const word = withCheck(index ^ (index >> 1));
  const bits = RULER.index_bits + RULER.check_bits;
  const code = Array.from({ length: bits }, (_, bit) => (word >> (bits - 1 - bit)) & 1);
  return [1, 0, ...code, 1, 0];
}

/**
 * Appends a cyclic check that catches any three wrong cells, or any six neighbouring ones. Its mask
 * keeps an all-dark or all-lit strip, as left by something laid over it, from being a valid code.
 *
 * @param {number} gray
 */
function withCheck(gray) {
  const { index_bits, check_bits, check_polynomial, check_mask } = RULER;
  let rest = gray << check_bits;
  for (let bit = index_bits - 1; bit >= 0; bit -= 1) {
    if (rest & (1 << (bit + check_bits))) rest ^= ((1 << check_bits) | check_polynomial) << bit;
  }
  return (gray << check_bits) | (rest ^ check_mask);
}

/** @param {number} gray */
function fromGray(gray) {
  let index = 0;
  for (let rest = gray; rest; rest >>= 1) index ^= rest;
  return index;
}

/**
 * @param {HTMLCanvasElement | OffscreenCanvas} scratch
 * @returns {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D}
 */
function scratchContext(scratch) {
  const width = CELL_COUNT * SCRATCH_CELL_PX;
  if (scratch.width !== width) scratch.width = width;
  if (scratch.height !== SCRATCH_CELL_PX) scratch.height = SCRATCH_CELL_PX;
  const context = /** @type {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null} */ (
    scratch.getContext("2d", { willReadFrequently: true })
  );
  if (!context) throw new Error("The scratch canvas already has a context of another kind.");
  return context;
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} cell
 */
function middleLuma(data, cell) {
  const stride = CELL_COUNT * SCRATCH_CELL_PX;
  let sum = 0;
  let count = 0;
  for (let y = MARGIN_PX; y < SCRATCH_CELL_PX - MARGIN_PX; y += 1) {
    for (let x = MARGIN_PX; x < SCRATCH_CELL_PX - MARGIN_PX; x += 1) {
      const at = 4 * (y * stride + cell * SCRATCH_CELL_PX + x);
      sum += 0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2];
      count += 1;
    }
  }
  return sum / count;
}

// The strip's code: what it refuses first, then that every index of the film survives it.
import assert from "node:assert/strict";
import test from "node:test";
import { RULER, decodeCells, encodeCells, readFrameIndex, sampleCells } from "../../static/js/playback/frame-index.js";

const LIT = 180;
const DARK = 30;
const GUARD_CELLS = 2;

/** @param {number[]} cells */
const levelsOf = (cells, lit = LIT, dark = DARK) => cells.map((cell) => (cell ? lit : dark));

/** @param {number[]} cells @param {number[]} wrong */
const flipped = (cells, wrong) => cells.map((cell, at) => (wrong.includes(at) ? 1 - cell : cell));

/** Positions of the cells that carry the index and its check. */
const CODE_CELLS = Array.from({ length: RULER.index_bits + RULER.check_bits }, (_, bit) => GUARD_CELLS + bit);

test("a wrong number of cells is refused", () => {
  const levels = levelsOf(encodeCells(1234));
  assert.equal(decodeCells([]), null);
  assert.equal(decodeCells(levels.slice(1)), null);
  assert.equal(decodeCells([...levels, DARK]), null);
});

test("too little contrast is refused", () => {
  const cells = encodeCells(1234);
  assert.equal(decodeCells(levelsOf(cells, DARK + RULER.min_contrast - 1, DARK)), null);
  assert.equal(decodeCells(levelsOf(cells, DARK + RULER.min_contrast, DARK)), 1234);
});

test("a black, a white and an unreadable picture are refused", () => {
  const { length } = encodeCells(0);
  for (const level of [0, 255, NaN]) assert.equal(decodeCells(new Array(length).fill(level)), null);
});

test("an inverted or a mirrored strip is refused", () => {
  for (let index = 0; index < RULER.index_count; index += 1) {
    const levels = levelsOf(encodeCells(index));
    assert.equal(decodeCells(levels.map((level) => 255 - level)), null);
    assert.equal(decodeCells([...levels].reverse()), null);
  }
});

test("a cell between dark and lit is refused", () => {
  for (const cell of CODE_CELLS) {
    const levels = levelsOf(encodeCells(1234));
    levels[cell] = (LIT + DARK) / 2;
    assert.equal(decodeCells(levels), null);
  }
});

test("a doubtful guard is refused", () => {
  const levels = levelsOf(encodeCells(1234));
  for (const guard of [0, 1, levels.length - 2, levels.length - 1]) {
    assert.equal(decodeCells(levels.with(guard, (LIT + DARK) / 2 - Math.sign(levels[guard] - 100) * 30)), null);
  }
});

test("one, two and three wrong cells are always refused", () => {
  const cells = encodeCells(3001);
  for (const a of CODE_CELLS) {
    for (const b of CODE_CELLS) {
      for (const c of CODE_CELLS) {
        if (a > b || b > c) continue;
        assert.equal(decodeCells(levelsOf(flipped(cells, [a, b, c]))), null);
      }
    }
  }
});

test("a torn picture, its left from one frame and its right from another, never reads as a third", () => {
  for (let index = 0; index + 1 < RULER.index_count; index += 1) {
    const [before, after] = [encodeCells(index), encodeCells(index + 1)];
    for (const tear of CODE_CELLS) {
      const read = decodeCells(levelsOf([...after.slice(0, tear), ...before.slice(tear)]));
      assert.ok(read === null || read === index || read === index + 1);
    }
  }
});

test("something dark or bright laid over the code is refused", () => {
  for (const level of [DARK, LIT]) {
    const levels = levelsOf(encodeCells(1234)).fill(level, GUARD_CELLS, -GUARD_CELLS);
    assert.equal(decodeCells(levels), null);
  }
});

test("an index beyond the film's end is refused", () => {
  for (let index = RULER.index_count; index < 2 ** RULER.index_bits; index += 1) {
    assert.equal(decodeCells(levelsOf(encodeCells(index))), null);
  }
});

test("a video without a picture has no index", () => {
  const video = /** @type {HTMLVideoElement} */ ({ videoWidth: 0, videoHeight: 0 });
  const unused = /** @type {OffscreenCanvas} */ ({});
  assert.equal(readFrameIndex(video, unused), null);
});

test("a video that has no picture yet has no index", () => {
  const video = /** @type {HTMLVideoElement} */ ({ videoWidth: 854, videoHeight: 480, readyState: 1 });
  const unused = /** @type {OffscreenCanvas} */ ({});
  assert.equal(readFrameIndex(video, unused), null);
});

test("only the strip is cut out of a video's frame, along even lines, and every frame is closed", (t) => {
  t.after(() => Reflect.deleteProperty(globalThis, "VideoFrame"));
  for (const [width, height] of [[854, 480], [641, 361], [1280, 720]]) {
    /** @type {any[]} */
    const frames = [];
    class FakeFrame {
      closed = false;
      visibleRect;
      /** @param {any} _of @param {any} [init] */
      constructor(_of, init) {
        this.visibleRect = init?.visibleRect ?? { x: 0, y: 0, width, height };
        frames.push(this);
      }
      close() {
        this.closed = true;
      }
    }
    Object.assign(globalThis, { VideoFrame: FakeFrame });
    const video = /** @type {HTMLVideoElement} */ ({ videoWidth: width, videoHeight: height, readyState: 4 });
    const { canvas, drawn } = canvasShowing(encodeCells(2718));
    assert.equal(readFrameIndex(video, canvas)?.index, 2718);
    const [whole, cut] = frames;
    assert.deepEqual([whole.closed, cut.closed], [true, true]);
    const [picture, x, y, drawnWidth, drawnHeight] = drawn[0];
    assert.equal(picture, cut);
    const { visibleRect } = cut;
    for (const side of Object.values(visibleRect)) assert.equal(side % 2, 0);
    assert.ok(Math.abs(visibleRect.x + x - (RULER.strip_x * width) / RULER.width) < 1e-9);
    assert.ok(Math.abs(visibleRect.y + y - (RULER.strip_y * height) / RULER.height) < 1e-9);
    assert.ok(x + drawnWidth <= visibleRect.width && y + drawnHeight <= visibleRect.height);
  }
});

test("every index of the film round trips, and neighbours differ in one cell of the index", () => {
  for (let index = 0; index < RULER.index_count; index += 1) {
    const cells = encodeCells(index);
    assert.equal(decodeCells(levelsOf(cells)), index);
    const next = encodeCells(index + 1);
    const moved = CODE_CELLS.slice(0, RULER.index_bits).filter((cell) => cells[cell] !== next[cell]);
    assert.equal(moved.length, 1);
  }
});

test("uneven light and a little noise are read through", () => {
  for (let index = 0; index < RULER.index_count; index += 7) {
    const levels = levelsOf(encodeCells(index)).map((level, at) => level + at - 11 + 12 * Math.sin(index + 5 * at));
    assert.equal(decodeCells(levels), index);
  }
});

test("cells are sampled at their places in a picture of any size", () => {
  for (const scale of [1, 0.5, 2.25]) {
    const cells = encodeCells(2718);
    const { canvas, drawn } = canvasShowing(cells);
    const picture = /** @type {any} */ ({});
    const levels = sampleCells(picture, RULER.width * scale, RULER.height * scale, canvas);
    assert.equal(decodeCells(levels), 2718);
    const [, x, y, width, height] = drawn[0];
    assert.deepEqual(
      [x, y, width, height],
      [RULER.strip_x, RULER.strip_y, cells.length * RULER.cell_width, RULER.cell_height].map((px) => px * scale),
    );
  }
});

/**
 * A stand-in canvas whose pixels show these cells, with spoilt edges, whatever is drawn on it.
 *
 * @param {number[]} cells
 */
function canvasShowing(cells) {
  /** @type {any[][]} */
  const drawn = [];
  const context = {
    /** @param {any[]} args */
    drawImage: (...args) => drawn.push(args),
    /** @param {number} _x @param {number} _y @param {number} width @param {number} height */
    getImageData(_x, _y, width, height) {
      const cellPx = width / cells.length;
      const data = new Uint8ClampedArray(4 * width * height).fill(255);
      for (let at = 0; at < width * height; at += 1) {
        const x = at % width;
        const isEdge = x % cellPx < 2 || x % cellPx >= cellPx - 2;
        const level = isEdge ? 100 : cells[Math.floor(x / cellPx)] ? LIT : DARK;
        data.fill(level, 4 * at, 4 * at + 3);
      }
      return { data };
    },
  };
  const canvas = /** @type {any} */ ({ width: 0, height: 0, getContext: () => context });
  return { canvas, drawn };
}

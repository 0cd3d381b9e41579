// @ts-check
/** What is painted over the film: how it moves and fades, when the canvas is painted, and its little pictures. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { easeOut, Fade } from "../../static/js/ui/ease.js";
import { areMany } from "../../static/js/ui/many.js";
import { fit } from "../../static/js/ui/pill.js";
import { appear, rise } from "../../static/js/ui/rise.js";
import { FakeCanvas, fakeLoop, fakeSheet, FakeTime } from "./ui-fakes.js";

/** @param {number} value @param {number} wanted */
const near = (value, wanted, within = 0.002) => assert.ok(Math.abs(value - wanted) < within, `${value} is not ${wanted}`);

// -- As the style sheets do -----------------------------------------------------------------

test("easing out is CSS's own curve, and stays within its ends", () => {
  // Points of cubic-bezier(0, 0, 0.58, 1), by its definition.
  for (const t of [0.1, 0.3, 0.5, 0.8, 0.95]) near(easeOut(1.74 * t * t * (1 - t) + t ** 3), 3 * t * t * (1 - t) + t ** 3);
  assert.deepEqual([-1, 0, 1, 7].map(easeOut), [0, 0, 1, 1]);
});

test("a fade that turns on its way goes on from where it is", () => {
  const fade = new Fade(1, 400);
  assert.deepEqual([fade.at(0), fade.isOver(0)], [1, true]);
  fade.turn(0, 1000);
  fade.turn(0, 1100);
  const before = fade.at(1150);
  assert.ok(before > 0 && before < 1 && !fade.isOver(1150));
  fade.turn(1, 1150);
  near(fade.at(1150), before);
  assert.deepEqual([fade.at(1550), fade.isOver(1550)], [1, true]);
});

test("a reaction pops up, rises aside and fades, as its keyframes say", () => {
  assert.deepEqual(rise(0, 20), { opacity: 0, x: 0, y: -0, scale: 0.5 });
  near(rise(0.08, 20).scale, 1.15);
  near(rise(0.16, 20).y, -14, 0.01);
  assert.equal(rise(0.5, 20).opacity, 1);
  const last = rise(1, 20);
  assert.deepEqual([last.opacity, last.x, last.y, last.scale], [0, 20, -130, 1]);
  let before = 0;
  for (let share = 0; share <= 1; share += 0.01) {
    const { y } = rise(share, 20);
    assert.ok(y <= before && before - y < 9, `no leap at ${share}`);
    before = y;
  }
});

test("with reduced motion it only appears and fades", () => {
  assert.deepEqual([0, 0.1, 0.5, 1].map((share) => appear(share).opacity), [0, 1, 1, 0]);
  assert.deepEqual(appear(0.5), { opacity: 1, x: 0, y: 0, scale: 1 });
});

test("what became many is so until clearly fewer", () => {
  assert.deepEqual([areMany(5, false), areMany(6, false), areMany(5, true), areMany(4, true), areMany(3, true)], [false, true, true, true, false]); // prettier-ignore
});

// -- The canvas -----------------------------------------------------------------------------

/** A sheet with one painter that paints `marks` and rests for `restMs`. */
function sheetWorld() {
  const time = new FakeTime();
  const { loop, frame, frames } = fakeLoop(time);
  const { sheet, canvas, screen, stamps } = fakeSheet(loop);
  const plan = { extent: { left: -10, top: -5, width: 20, height: 10 }, draw() {} };
  /** @type {{marks: [x: number, y: number, opacity?: number, scale?: number][], restMs: number}} */
  const what = { marks: [], restMs: Infinity };
  const wake = sheet.add((brush) => {
    for (const [x, y, ...how] of what.marks) brush(stamps.get("mark", () => plan), x, y, ...how);
    return what.restMs;
  });
  const pass = (/** @type {number} */ ms) => {
    for (let passed = 0; passed < ms; passed += 10) {
      time.pass(10);
      frame();
    }
  };
  return { canvas, screen, what, wake, pass, frames, stamps, plan };
}

test("a stamp lies about its place in the picture, on whole device pixels, and grows about it", () => {
  const { canvas, screen, what, wake, pass } = sheetWorld();
  what.marks = [[100.3, 20], [100, 20, 0.5, 2]]; // prettier-ignore
  wake();
  pass(10);
  const [still, grown] = canvas.drawn;
  // The picture begins 50 pixels below the film's edge; a stamp has a margin of 2 around it.
  assert.deepEqual(still?.slice(1), [88, 63, 1]);
  assert.deepEqual(grown?.slice(1), [76, 56, 48, 28, 0.5]);
  screen.ratio = 2;
  wake();
  pass(10);
  assert.deepEqual([canvas.width, canvas.height], [2000, 1200]);
  assert.deepEqual(canvas.drawn[0]?.slice(1), [177, 126, 1]);
  assert.equal(canvas.drawn[0]?.[0].width, 48, "drawn anew for the sharper screen");
});

test("it is painted only while something moves, and gone when nothing is on it", () => {
  const { canvas, what, wake, pass, frames } = sheetWorld();
  pass(100);
  assert.equal(canvas.times, 0);
  Object.assign(what, { marks: [[1, 1]], restMs: 0 });
  wake();
  wake();
  pass(1000);
  const { times, hidden } = canvas;
  assert.ok(times >= 24 && times <= 31, `${times} times in a second`);
  assert.equal(hidden, false);
  Object.assign(what, { marks: [], restMs: Infinity });
  pass(100);
  assert.deepEqual([canvas.hidden, frames.length], [true, 0]);
});

test("what rests is painted when its rest is over, or when woken", () => {
  const { canvas, what, wake, pass } = sheetWorld();
  Object.assign(what, { marks: [[1, 1]], restMs: 500 });
  wake();
  pass(400);
  const { times } = canvas;
  wake();
  pass(20);
  assert.equal(canvas.times, times + 1);
  pass(490);
  assert.equal(canvas.times, times + 2);
});

test("a stamp is drawn once, and however many are asked for, a bounded number is kept", () => {
  const { stamps, plan } = sheetWorld();
  let drawn = 0;
  const planned = () => ({ ...plan, draw: () => (drawn += 1) });
  assert.equal(stamps.get("a", planned), stamps.get("a", planned));
  assert.equal(drawn, 1);
  for (let index = 0; index < 1000; index += 1) stamps.get(`${index}`, planned);
  stamps.get("999", planned);
  stamps.get("a", planned);
  assert.equal(drawn, 1002, "the newest is there, the oldest is drawn anew");
});

test("a name too long for its pill ends in dots, letters of two units whole", () => {
  const ruler = /** @type {any} */ (new FakeCanvas().getContext());
  const look = { font: "", mark: 3, padding: 8, most: 79 };
  assert.deepEqual(fit(ruler, look, "Ada"), { word: "Ada", width: 49 });
  assert.deepEqual(fit(ruler, look, "Maximilian"), { word: "Maxim…", width: 79 });
  assert.deepEqual(fit(ruler, { ...look, most: 50 }, "😀😀😀😀"), { word: "😀😀…", width: 50 });
});

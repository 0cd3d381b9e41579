// @ts-check
/** The position slider: how often it is drawn, and what is never drawn under a hand. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadedTo, mountSeek } from "../../static/js/ui/seek.js";
import { fromTemplate } from "./ui-dom.js";
import { FakeTime, fakeLoop } from "./ui-fakes.js";
import { FakeParty, pretend } from "./ui-party-fakes.js";

pretend();

/** A film that has played since time began. @param {{durationS: number | null}} film */
function mounted({ durationS }) {
  const time = new FakeTime();
  const { loop, frames, frame } = fakeLoop(time);
  const root = fromTemplate("watchparty/room/_controls.html");
  /** @type {any} */
  const slider = root.querySelector("#seek");
  const played = /** @type {{style: any}} */ (root.querySelector("[data-part='played']"));
  let draws = 0;
  played.style = { set transform(/** @type {string} */ _value) { draws += 1; } }; // prettier-ignore
  mountSeek(/** @type {any} */ ({
    root, loop, party: new FakeParty(), positionS: () => time.nowMs / 1000, durationS: () => durationS,
    denied: () => null, bufferedToS: () => 0,
  })); // prettier-ignore
  /** Frames at 60 Hz for as long as they are asked for; how often the bar was drawn. @param {number} seconds */
  const drawsIn = (seconds) => {
    const before = draws;
    for (let left = Math.round(seconds * 60); left > 0; left -= 1) {
      time.pass(1000 / 60);
      if (frames.length > 0) frame();
    }
    return draws - before;
  };
  return { root, slider, drawsIn };
}

test("a bar is drawn as often as it grows by a pixel, between ten and thirty times a second", () => {
  for (const [durationS, least, most] of /** @type {const} */ ([[7200, 9, 10], [60, 14, 17], [5, 28, 30]])) {
    const draws = mounted({ durationS }).drawsIn(4) / 4;
    assert.ok(least <= draws && draws <= most, `${draws} a second for a film of ${durationS} s`);
  }
});

test("a film of unknown length has no position to seek, and its time passes all the same", () => {
  const { root, slider, drawsIn } = mounted({ durationS: null });
  drawsIn(3.5);
  assert.deepEqual([slider.disabled, root.querySelector("#time-now")?.textContent], [true, "0:03"]);
});

test("under a hand the slider stays where the hand is", () => {
  const { slider, drawsIn } = mounted({ durationS: 60 });
  slider.valueAsNumber = 42;
  slider.value = "42.0";
  slider.happen("input");
  drawsIn(2);
  assert.equal(slider.value, "42.0");
  slider.happen("blur");
  drawsIn(0.2);
  assert.equal(slider.value, "2.2");
});

test("loaded is what joins on to the position, and nothing beyond a gap", () => {
  const spans = [[0, 10], [30, 60]]; // prettier-ignore
  const ranges = /** @type {any} */ ({ length: 2, start: (/** @type {number} */ i) => spans[i]?.[0], end: (/** @type {number} */ i) => spans[i]?.[1] });
  assert.deepEqual([5, 29.95, 20].map((positionS) => loadedTo(ranges, positionS)), [10, 60, 20]);
});

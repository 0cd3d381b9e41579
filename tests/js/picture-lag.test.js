// @ts-check
/** How late a picture is against its player's clock. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { PictureLag } from "../../static/js/playback/picture-lag.js";

const FRAME_S = 1 / 60;

/** @param {PictureLag} lag @param {number} lagS @param {number} [times] @param {number} [frameS] */
function note(lag, lagS, times = 30, frameS = FRAME_S) {
  for (let i = 0; i < times; i += 1) lag.note(lagS, frameS);
}

/** @param {PictureLag} lag */
function refreshes(lag) {
  return Math.round(lag.seconds / FRAME_S);
}

test("nothing is judged by half a second of pictures or less", () => {
  const lag = new PictureLag();
  note(lag, 0.05, 29);
  assert.equal(refreshes(lag), 0);
  note(lag, 0.05, 1);
  assert.equal(refreshes(lag), 3);
});

test("single late callbacks move nothing", () => {
  const lag = new PictureLag();
  for (let i = 0; i < 90; i += 1) lag.note(i % 4 === 0 ? 0.08 : 0.002, FRAME_S);
  assert.equal(refreshes(lag), 0);
});

test("a lag on the border between two counts keeps the one it has", () => {
  const lag = new PictureLag();
  note(lag, 0.047);
  for (let i = 0; i < 10; i += 1) note(lag, i % 2 === 0 ? 0.043 : 0.057);
  assert.equal(refreshes(lag), 3);
});

test("a slow film is late by refreshes, too, and half a second of its pictures is enough", () => {
  for (const [lagS, late] of [[-0.015, 0], [0.02, 0], [0.026, 1], [0.04, 2]]) {
    const lag = new PictureLag();
    note(lag, lagS, 14, 1 / 30);
    assert.equal(refreshes(lag), 0);
    note(lag, lagS, 1, 1 / 30);
    assert.equal(refreshes(lag), late);
  }
});

test("a picture ahead of its clock counts as none", () => {
  const lag = new PictureLag();
  note(lag, -0.04);
  assert.equal(refreshes(lag), 0);
});

test("a stall is not taken for a lag", () => {
  const lag = new PictureLag();
  note(lag, 0.4);
  assert.equal(refreshes(lag), 0);
});

test("after a seek the count stands until new pictures say otherwise", () => {
  const lag = new PictureLag();
  note(lag, 0.047);
  lag.reset();
  assert.equal(refreshes(lag), 3);
  note(lag, 0.003);
  assert.equal(refreshes(lag), 0);
});

test("without a known frame nothing is judged", () => {
  const lag = new PictureLag();
  for (let i = 0; i < 40; i += 1) lag.note(0.05, 0);
  assert.equal(refreshes(lag), 0);
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Muted } from "../../static/js/room/muted.js";

/** @param {Record<string, string>} kept */
const storageWith = (kept) => ({ getItem: (/** @type {string} */ key) => kept[key] ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (kept[key] = value) });

test("what somebody else wrote there mutes nobody", () => {
  for (const text of ["", "{", "null", "{}", "[1, null]", '"ada"']) {
    const muted = new Muted({ storage: storageWith({ "csw-muted:room": text }), slug: "room" });
    muted.set("ben", true);
    assert.deepEqual([muted.has("ada"), muted.has("ben")], [false, true], text);
  }
});

test("without a storage a person is muted as long as the page lives", () => {
  const muted = new Muted({ storage: null, slug: "room" });
  muted.set("ada", true);
  assert.ok(muted.has("ada"));
});

test("a change is told once, and none that changes nothing", () => {
  const muted = new Muted({ storage: null, slug: "room" });
  let told = 0;
  const stop = muted.subscribe(() => (told += 1));
  muted.set("ada", true);
  muted.set("ada", true);
  assert.deepEqual([told, muted.version], [1, 1]);
  stop();
  muted.set("ada", false);
  assert.equal(told, 1);
});

test("two hundred are remembered, the latest", () => {
  /** @type {Record<string, string>} */
  const kept = {};
  const muted = new Muted({ storage: storageWith(kept), slug: "room" });
  for (let index = 0; index <= 200; index++) muted.set(`p${index}`, true);
  const again = new Muted({ storage: storageWith(kept), slug: "room" });
  assert.deepEqual([again.has("p0"), again.has("p1"), again.has("p200")], [false, true, true]);
});

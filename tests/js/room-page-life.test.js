// @ts-check
/** The page is hidden, frozen, put into the browser's cache, and comes back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { followPageLife } from "../../static/js/room/page-life.js";

function build() {
  /** @type {string[]} */
  const told = [];
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const note = (/** @type {string} */ what) => () => void told.push(what);
  const socket = { suspend: note("suspend"), wake: note("wake"), online: note("online") };
  const life = followPageLife({ window, document, socket, onReturn: note("return") });
  return { told, window, document, life };
}

test("a hidden page keeps its socket; shown again it looks whether that still lives", () => {
  const { told, document } = build();
  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(told, []);
  document.visibilityState = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(told, ["wake", "return"]);
});

test("a frozen page rests and comes back when it may run again", () => {
  const { told, document } = build();
  document.dispatchEvent(new Event("freeze"));
  document.dispatchEvent(new Event("resume"));
  assert.deepEqual(told, ["suspend", "wake", "return"]);
});

test("a page left rests, and comes back from the browser's cache, but not by its first showing", () => {
  const { told, window } = build();
  window.dispatchEvent(new Event("pageshow"));
  window.dispatchEvent(new Event("pagehide"));
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  assert.deepEqual(told, ["suspend", "wake", "return"]);
});

test("the network's return is passed on until nobody listens", () => {
  const { told, window, life } = build();
  window.dispatchEvent(new Event("online"));
  life.stop();
  window.dispatchEvent(new Event("online"));
  assert.deepEqual(told, ["online"]);
});

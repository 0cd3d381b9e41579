// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { countAt, sweptPath } from "../../static/js/ui/countdown.js";
import { commandFor } from "../../static/js/ui/keys.js";
import { waitSentence } from "../../static/js/ui/wait-switch.js";
import { patience } from "../../static/js/ui/waiting-card.js";
import { waitingWords } from "../../static/js/ui/waiting-words.js";

const USERS = [{ id: "me", name: "Me" }, { id: "a", name: "Ada" }, { id: "b", name: "Ben" }, { id: "c", name: "Cleo" }]; // prettier-ignore

/** @param {string[]} userIds @param {{reason?: "start" | "buffering", again?: boolean}} [how] */
const words = (userIds, { reason = "start", again = true } = {}) => waitingWords({ reason, again, userIds }, USERS, "me");

test("until somebody is late, a start names nobody", () => {
  const { title, goOn, cancel } = words(["me", "a", "b"], { again: false });
  assert.deepEqual([title, goOn, cancel], ["Getting everyone ready", "Start now", "Cancel"]);
});

test("who is late is named, with the way on without them", () => {
  assert.equal(words(["a"]).title, "Waiting for Ada");
  assert.equal(words(["a"]).goOn, "Continue without Ada");
  assert.equal(words(["a", "b"]).title, "Waiting for Ada and Ben");
  assert.equal(words(["a", "b", "c"]).title, "Waiting for Ada and 2 others");
  assert.equal(words(["a", "b", "c"]).goOn, "Continue without them");
});

test("who waits for us is told so kindly, and we can let the others go on", () => {
  assert.equal(words(["me"]).title, "Waiting for you");
  assert.equal(words(["me"]).goOn, "Go on without me");
  assert.equal(words(["me", "a"]).title, "Waiting for you and Ada");
  assert.equal(words(["me", "a", "b"]).title, "Waiting for you and 2 others");
});

test("a film that ran dry is named at once, and stays where it is when the wait is ended", () => {
  const { title, words: why, cancel } = words(["a"], { reason: "buffering", again: false });
  assert.equal(title, "Waiting for Ada");
  assert.match(why, /^Ada’s film has run dry\./);
  assert.equal(cancel, "Pause here");
});

test("somebody who is not in a large room's list is waited for all the same", () => {
  assert.equal(words(["x"]).title, "Waiting for somebody");
});

test("the ring empties towards the deadline and never beyond", () => {
  const waiting = { serverTimestamp: 1000, deadline: 11_000 };
  assert.deepEqual(patience(waiting, 1000), { leftMs: 10_000, share: 1 });
  assert.deepEqual(patience(waiting, 6000), { leftMs: 5000, share: 0.5 });
  assert.deepEqual(patience(waiting, 12_000), { leftMs: 0, share: 0 });
  assert.equal(patience(waiting, 0).share, 1);
});

test("three, two, one, and then the film", () => {
  const at = (/** @type {number} */ leftMs) => countAt(5000, 5000 - leftMs)?.figure;
  assert.deepEqual([3010, 3000, 2001, 2000, 1001, 1000, 1, 0, -1].map(at), [3, 3, 3, 2, 2, 1, 1, undefined, undefined]);
});

test("the hand turns once a second", () => {
  const turn = (/** @type {number} */ leftMs) => countAt(5000, 5000 - leftMs)?.turn;
  assert.deepEqual([3000, 2750, 2000, 1250].map(turn), [0, 0.25, 0, 0.75]);
  assert.equal(sweptPath(0), "");
  assert.equal(sweptPath(0.25), "M0 0V-78A78 78 0 0 1 78.00 -0.00Z");
  assert.match(sweptPath(0.75), / 0 1 1 -78\.00 /);
});

test("S starts together, once however long it is held", () => {
  const press = { key: "S", ctrlKey: false, altKey: false, metaKey: false, repeat: false };
  assert.equal(commandFor(press, { kind: "elsewhere" }), "together");
  assert.equal(commandFor({ ...press, repeat: true }, { kind: "elsewhere" }), null);
  assert.equal(commandFor({ ...press, ctrlKey: true }, { kind: "elsewhere" }), null);
});

test("the setting says in one sentence what it does", () => {
  assert.notEqual(waitSentence(true), waitSentence(false));
});

// @ts-check
/** Reactions: when and how many are shown, what is said of them, and what sends one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { EMOJI } from "../../static/js/protocol/protocol.js";
import { Anchored } from "../../static/js/ui/anchored.js";
import { mountBursts } from "../../static/js/ui/bursts.js";
import { Crowd } from "../../static/js/ui/crowd.js";
import { commandFor, reactionFor } from "../../static/js/ui/keys.js";
import { mountPicture } from "../../static/js/ui/picture.js";
import { LastEmoji, mountReactions, usualPlace } from "../../static/js/ui/reactions.js";
import { Tally, tallySentence } from "../../static/js/ui/tally.js";
import { fakeLoop, FakeElement, FakeParty, fakeSheet, fakeStorage, fakeTemplate, FakeTime } from "./ui-fakes.js";

/** @import { Place } from "../../static/js/ui/keys.js" */

const PLAYING = (/** @type {number} */ positionS) => ({ positionS, playing: true });

// -- When one is shown ----------------------------------------------------------------------

test("in step, ahead, standing or without a film a reaction is for now", () => {
  const anchored = new Anchored();
  for (const film of [PLAYING(20.05), PLAYING(60), { positionS: 17, playing: false }, null]) {
    assert.equal(anchored.take({ videoTime: 20.1 }, film, 0), true);
  }
  assert.ok(anchored.isEmpty);
});

test("a film a few seconds behind shows it when it passes that moment, once", () => {
  const anchored = new Anchored();
  const moment = { videoTime: 20 };
  assert.equal(anchored.take(moment, PLAYING(17), 0), false);
  assert.deepEqual(anchored.due(PLAYING(19.5), 2500), []);
  assert.deepEqual(anchored.due(PLAYING(19.95), 2950), [moment]);
  assert.deepEqual(anchored.due(PLAYING(20.5), 3500), []);
  assert.ok(anchored.isEmpty);
});

test("a film far behind may never come there: shown at once, and a jump away shows what waits", () => {
  const anchored = new Anchored();
  assert.equal(anchored.take({ videoTime: 20 }, PLAYING(2), 0), true);
  anchored.take({ videoTime: 20 }, PLAYING(17), 0);
  assert.equal(anchored.due(PLAYING(1), 500).length, 1);
});

test("a film that stops on its way shows what waits, and what a hidden page missed is not shown late", () => {
  const anchored = new Anchored();
  anchored.take({ videoTime: 20 }, PLAYING(17), 0);
  assert.equal(anchored.due({ positionS: 18, playing: false }, 1000).length, 1);
  anchored.take({ videoTime: 20 }, PLAYING(17), 0);
  assert.deepEqual(anchored.due(PLAYING(40), 23_000), []);
  assert.ok(anchored.isEmpty);
});

// -- How many at once -----------------------------------------------------------------------

test("thirty rise by themselves, what comes on top is counted by emoji", () => {
  const crowd = new Crowd({ lifeMs: 3000 });
  const singles = Array.from({ length: 30 }, (_, index) => crowd.add(index % 2 ? "🔥" : "😂", 10));
  assert.equal(new Set(singles).size, 30);
  const fire = Array.from({ length: 12 }, () => crowd.add("🔥", 20)).at(-1);
  const tears = crowd.add("😂", 20);
  assert.deepEqual([fire?.count, fire?.isCounter, tears.count], [12, true, 1]);
});

test("a counted one that has risen takes in no more, and calm brings single ones back", () => {
  const crowd = new Crowd({ lifeMs: 3000 });
  for (let i = 0; i < 30; i += 1) crowd.add("🔥", 0);
  const first = crowd.add("🔥", 100);
  assert.equal(crowd.add("🔥", 1000), first);
  assert.notEqual(crowd.add("🔥", 1200), first);
  assert.equal(crowd.add("🔥", 3050).isCounter, false);
});

test("a storm of any size keeps a bounded number of elements", () => {
  const crowd = new Crowd({ lifeMs: 3000 });
  /** @type {import("../../static/js/ui/crowd.js").Burst[]} */
  const bursts = [];
  for (let atMs = 0; atMs < 10_000; atMs += 1) bursts.push(crowd.add(String(EMOJI[atMs % 12]), atMs));
  const alive = new Set(bursts.slice(-3000).filter(({ bornMs }) => bornMs > 7000));
  assert.ok(alive.size <= 30 + 12 * 4, `${alive.size}`);
});

// -- What is said ---------------------------------------------------------------------------

const heard = (/** @type {string} */ userId, /** @type {string} */ emoji, /** @type {string | null} */ name = userId) => ({ userId, emoji, name });

test("a burst is one sentence: who, and how often what", () => {
  assert.equal(tallySentence([heard("Bo", "🔥")]), "Bo reacted: 🔥.");
  const many = [heard("Ada", "😂"), heard("Bo", "🔥"), heard("Cy", "🔥"), heard("Di", "😂"), heard("Bo", "🔥")];
  assert.equal(tallySentence(many), "Ada and 3 others reacted: 🔥 3, 😂 2.");
  assert.equal(tallySentence([heard("x", "🔥", null)]), "Somebody reacted: 🔥.");
  assert.equal(tallySentence([heard("x", "🔥", null), heard("Bo", "🔥")]), "Bo and somebody reacted: 🔥 2.");
});

test("however many come, a sentence is said every three seconds at most", () => {
  const time = new FakeTime();
  /** @type {string[]} */
  const said = [];
  const tally = new Tally({ ...time, announce: (sentence) => said.push(sentence) });
  for (let i = 0; i < 100; i += 1) {
    tally.note(heard("Bo", "🔥"));
    time.pass(100);
  }
  assert.deepEqual(said, ["Bo reacted: 🔥 30.", "Bo reacted: 🔥 30.", "Bo reacted: 🔥 30."]);
  tally.stop();
  time.pass(10_000);
  assert.equal(said.length, 3);
});

// -- On the page ----------------------------------------------------------------------------

function burstsWorld({ calm = false } = {}) {
  const time = new FakeTime();
  const users = [{ id: "me", name: "Me" }, { id: "bo", name: "Bo" }]; // prettier-ignore
  const party = new FakeParty({ self: users[0], users });
  const layer = new FakeElement();
  const { loop, frame } = fakeLoop(time);
  const { sheet, canvas, screen, stamps } = fakeSheet(loop);
  /** What is painted in one frame: what and how. @type {any[][]} */
  const painted = [];
  const clear = canvas.clear.bind(canvas);
  canvas.clear = () => (painted.splice(0), clear());
  const film = PLAYING(20);
  const page = { hidden: false };
  /** @type {string[]} */
  const said = [];
  mountBursts(/** @type {any} */ ({
    layer, party, loop, sheet, ...time, size: () => screen, calm: () => calm, film: () => film, isHidden: () => page.hidden, random: () => 0.5,
    announce: (/** @type {string} */ sentence) => said.push(sentence),
    stamps: {
      paint(/** @type {any} */ brush, /** @type {any} */ what, /** @type {any} */ pose) {
        painted.push([what, pose]);
        brush(stamps.get("any", () => ({ extent: { left: 0, top: 0, width: 1, height: 1 }, draw() {} })), what.x, what.y);
      },
    },
    template: fakeTemplate(["emoji", "count", "name"]),
  })); // prettier-ignore
  /** @param {string} userId @param {object} [more] */
  const send = (userId, more = {}) =>
    party.emit("reactions", [{ id: "", userId, emoji: "🔥", x: 25, y: 80, videoTime: 20, timestamp: 0, ...more }]);
  /** @param {number} ms with a frame each 10 ms */
  const pass = (ms) => {
    for (let passed = 0; passed < ms; passed += 10) {
      time.pass(10);
      frame();
    }
  };
  return { time, party, layer, canvas, painted, frame, pass, film, page, said, send };
}

test("a burst rises at its percent of the picture under its sender's name, and goes", () => {
  const { time, layer, said, send } = burstsWorld();
  send("bo");
  send("me");
  const [bo, me] = layer.children;
  assert.deepEqual([bo?.style.left, bo?.style.top], ["25%", "80%"]);
  assert.deepEqual([bo?.part("emoji")?.textContent, bo?.part("name")?.textContent], ["🔥", "Bo"]);
  assert.equal(me?.part("name")?.textContent, "");
  time.pass(3000);
  assert.equal(layer.children.length, 0);
  assert.deepEqual(said, ["Bo reacted: 🔥."], "nobody is told of the own one");
});

test("nothing rises or is said on a hidden page", () => {
  const { time, layer, page, said, send } = burstsWorld();
  page.hidden = true;
  send("bo");
  time.pass(5000);
  assert.deepEqual([layer.children.length, said], [0, []]);
});

test("few are elements, what comes on top is painted where it was sent, rises and goes", () => {
  const { layer, canvas, painted, pass, send } = burstsWorld();
  for (let i = 0; i < 5; i += 1) send("bo");
  pass(20);
  assert.deepEqual([layer.children.length, canvas.hidden], [5, true]);
  send("bo", { emoji: "😂", x: 75, y: 60 });
  pass(1500);
  const [[what, pose]] = /** @type {any} */ (painted);
  assert.deepEqual([layer.children.length, painted.length, canvas.hidden], [5, 1, false]);
  assert.deepEqual(what, { x: 750, y: 300, emoji: "😂", count: "" });
  assert.ok(pose.y < -60 && pose.y > -130 && pose.opacity === 1, `${pose.y} ${pose.opacity}`);
  pass(1600);
  assert.deepEqual([layer.children.length, painted.length, canvas.hidden], [0, 0, true]);
  const { times } = canvas;
  pass(1000);
  assert.equal(canvas.times, times, "and nothing is painted any more");
});

test("with reduced motion what is painted stays where it was sent", () => {
  const { painted, pass, send } = burstsWorld({ calm: true });
  for (let i = 0; i < 6; i += 1) send("bo");
  pass(1500);
  assert.deepEqual(painted[0]?.[1], { opacity: 1, x: 0, y: 0, scale: 1 });
});

test("excess is one emoji with a growing figure", () => {
  const { layer, painted, pass, send } = burstsWorld();
  for (let i = 0; i < 42; i += 1) send("bo");
  pass(10);
  assert.deepEqual([layer.children.length, painted.length], [5, 26]);
  assert.equal(painted.at(-1)?.[0].count, "×12");
  send("bo");
  pass(50);
  assert.deepEqual([painted.length, painted.at(-1)?.[0].count], [26, "×13"]);
});

test("a viewer a little behind sees it with the scene, one's own at once", () => {
  const { time, layer, frame, film, said, send } = burstsWorld();
  send("bo", { videoTime: 22 });
  send("me", { videoTime: 22 });
  assert.equal(layer.children.length, 1);
  for (let tenth = 0; tenth < 21; tenth += 1) {
    time.pass(100);
    film.positionS += 0.1;
    frame();
  }
  assert.equal(layer.children.length, 2);
  time.pass(3000);
  assert.deepEqual(said, ["Bo reacted: 🔥."]);
});

test("what waits for a moment of one film is not shown in another", () => {
  const { time, party, layer, frame, film, send } = burstsWorld();
  send("bo", { videoTime: 22 });
  party.emit("action", { kind: "source" });
  film.positionS = 22;
  time.pass(100);
  frame();
  assert.equal(layer.children.length, 0);
});

// -- Sending one ----------------------------------------------------------------------------

/** @param {Record<string, string>} [kept] */
function trayWorld(kept) {
  fakeTemplate([]);
  globalThis.Element = /** @type {any} */ (FakeElement);
  const time = new FakeTime();
  const bar = new FakeElement();
  for (const emoji of EMOJI) bar.append(new FakeElement([], { emoji }));
  const party = new FakeParty({});
  const storage = fakeStorage(kept);
  /** @type {string[]} */
  const said = [];
  /** @type {{place: {x: number, y: number} | null}} */
  const pointer = { place: null };
  const reactions = mountReactions(/** @type {any} */ ({
    bar, party, storage, ...time, pointer: () => pointer.place, random: () => 0.5,
    announce: (/** @type {string} */ sentence) => said.push(sentence),
  })); // prettier-ignore
  /** @param {number} index */
  const click = (index) => bar.dispatchEvent(Object.defineProperty(new Event("click"), "target", { value: bar.children[index] }));
  const marked = () => bar.children.filter(({ dataset }) => dataset.last === "true").map(({ dataset }) => dataset.emoji);
  return { time, bar, party, storage, said, pointer, reactions, click, marked };
}

test("a key reacts where the pointer is, without one at the usual place, as the tray does", () => {
  const { party, pointer, reactions, click } = trayWorld();
  pointer.place = { x: 10, y: 20 };
  reactions.sendAtPointer(1);
  pointer.place = null;
  reactions.sendAtPointer(11);
  click(2);
  assert.deepEqual(party.asked, [["🔥", 10, 20], ["💀", 50, 82], ["😂", 50, 82]]); // prettier-ignore
});

test("a double click sends the last one there, remembered and marked; beside the picture it sends nothing", () => {
  const { party, storage, reactions, click, marked } = trayWorld();
  assert.deepEqual(marked(), ["❤️"]);
  reactions.repeatAt({ x: 1, y: 2 });
  click(4);
  reactions.repeatAt(null);
  reactions.repeatAt({ x: 3, y: 4 });
  assert.deepEqual(party.asked, [["❤️", 1, 2], ["👏", 50, 82], ["👏", 3, 4]]); // prettier-ignore
  assert.deepEqual(marked(), ["👏"]);
  assert.equal(new LastEmoji(storage).emoji, "👏");
  assert.equal(new LastEmoji(fakeStorage({ "csw-emoji": "<b>" })).emoji, "❤️");
  assert.equal(new LastEmoji(null).emoji, "❤️");
});

test("the tray rests visibly for as long as the room asks, and nothing is sent meanwhile", () => {
  const { time, bar, party, said, reactions, click } = trayWorld();
  party.emit("ratelimit", { action: "cursor", retryInMs: 900 });
  assert.notEqual(bar.dataset.rests, "true");
  party.emit("ratelimit", { action: "reaction", retryInMs: 900 });
  party.emit("ratelimit", { action: "reaction", retryInMs: 900 });
  assert.equal(bar.dataset.rests, "true");
  assert.equal(bar.children[0]?.attributes["aria-disabled"], "true");
  assert.deepEqual(said, ["Reactions rest for a moment."]);
  click(0);
  reactions.sendAtPointer(0);
  time.pass(899);
  reactions.repeatAt({ x: 1, y: 1 });
  assert.deepEqual(party.asked, []);
  time.pass(1);
  assert.equal(bar.dataset.rests, "false");
  assert.equal(bar.children[0]?.attributes["aria-disabled"], "false");
  click(0);
  assert.equal(party.asked.length, 1);
});

test("the usual place leaves room to rise, and is not always the same", () => {
  for (const random of [0, 0.5, 0.999]) {
    const { x, y } = usualPlace(() => random);
    assert.ok(x >= 30 && x <= 70 && y >= 75 && y <= 90, `${x} ${y}`);
  }
});

test("the row of digits reacts by place, whatever signs its layout carries, and never from a field", () => {
  const elsewhere = /** @type {Place} */ ({ kind: "elsewhere" });
  const press = (/** @type {string} */ code, key = "", more = {}) => ({ key, code, ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...more });
  const codes = [..."1234567890"].map((digit) => `Digit${digit}`).concat("Minus", "Equal");
  assert.deepEqual(codes.map((code) => reactionFor(press(code), elsewhere)), EMOJI.map((_, index) => index));
  assert.equal(reactionFor(press("Digit2", "é"), elsewhere), 1);
  assert.equal(reactionFor(press("Minus", "?", { shiftKey: true }), elsewhere), null);
  assert.equal(commandFor(press("Minus", "?", { shiftKey: true }), elsewhere), "help");
  for (const held of ["ctrlKey", "altKey", "metaKey", "repeat"]) assert.equal(reactionFor(press("Digit1", "1", { [held]: true }), elsewhere), null);
  assert.equal(reactionFor(press("Digit1", "1"), { kind: "field" }), null);
  assert.equal(reactionFor(press("KeyA", "a"), elsewhere), null);
  assert.equal(reactionFor({ ...press(""), code: undefined }, elsewhere), null);
});

// -- Clicks and taps on the picture ---------------------------------------------------------

function pictureWorld() {
  const time = new FakeTime();
  const [film, stage, controls] = [new FakeElement(), new FakeElement(), new FakeElement()];
  film.closest = () => /** @type {any} */ (null);
  globalThis.Element = /** @type {any} */ (FakeElement);
  const done = { toggled: 0, reacted: 0 };
  const party = { state: { phase: "joined" }, playhead: () => ({ playing: true }), subscribe: () => () => {} };
  mountPicture(/** @type {any} */ ({
    film, stage: Object.assign(stage, { ownerDocument: new EventTarget() }), controls, party, ...time,
    toggle: () => (done.toggled += 1), react: () => (done.reacted += 1),
  })); // prettier-ignore
  /** @param {string} type @param {number} afterMs @param {string} [pointerType] as the browser tells it */
  const after = (afterMs, type, pointerType) => {
    time.pass(afterMs);
    const event = Object.assign(new Event(type), { clientX: 5, clientY: 5, pointerType });
    film.dispatchEvent(Object.defineProperty(event, "timeStamp", { value: time.nowMs }));
  };
  return { time, done, after, stage };
}

test("one click plays or pauses, a double click reacts and leaves the film alone, each further one reacts too", () => {
  const { time, done, after } = pictureWorld();
  after(0, "click", "mouse");
  time.pass(1000);
  assert.deepEqual(done, { toggled: 1, reacted: 0 });
  after(0, "click", "mouse");
  after(150, "click", "mouse");
  after(150, "click", "mouse");
  time.pass(1000);
  assert.deepEqual(done, { toggled: 1, reacted: 2 });
});

test("two slow clicks are two clicks: the film is as it was", () => {
  const { time, done, after } = pictureWorld();
  after(0, "click", "mouse");
  after(400, "click", "mouse");
  time.pass(1000);
  assert.deepEqual(done, { toggled: 2, reacted: 0 });
});

test("a double tap reacts and changes neither film nor controls, even where clicks do not tell of the finger", () => {
  for (const told of ["touch", undefined]) {
    const { time, done, after, stage } = pictureWorld();
    const before = stage.dataset.controls;
    after(0, "pointerup", "touch");
    after(10, "click", told);
    after(140, "pointerup", "touch");
    after(10, "click", told);
    assert.equal(stage.dataset.controls, before);
    time.pass(1000);
    assert.deepEqual(done, { toggled: 0, reacted: 1 });
  }
});

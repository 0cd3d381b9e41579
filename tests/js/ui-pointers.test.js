// @ts-check
/** Pointers: how others' are drawn between two reports, what the own one tells, and what counts as a double click. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountCursors } from "../../static/js/ui/cursors.js";
import { mountFrame } from "../../static/js/ui/frame.js";
import { Glide } from "../../static/js/ui/glide.js";
import { mountHand } from "../../static/js/ui/hand.js";
import { mountPointerChoice } from "../../static/js/ui/pointer-choice.js";
import { Taps } from "../../static/js/ui/taps.js";
import { fakeLoop, FakeElement, FakeParty, fakeSheet, fakeStorage, fakeTemplate, FakeTime } from "./ui-fakes.js";

/** @param {number} x */
const at = (x, y = 50) => ({ x, y });

/** A hand on its way from 0 to the right, reported each 50 ms. @param {number} reports */
function moving(reports) {
  const glide = new Glide(at(0), 0);
  for (let report = 1; report <= reports; report += 1) glide.hear(at(2 * report), 50 * report);
  return glide;
}

// -- Others' pointers between two reports ---------------------------------------------------

test("a steady hand is drawn at a steady speed, whatever the frames", () => {
  const glide = moving(20);
  const steps = [1000, 1010, 1020, 1030, 1040].map((nowMs) => glide.at(nowMs).x);
  const speeds = steps.slice(1).map((x, index) => x - Number(steps[index]));
  for (const speed of speeds) assert.ok(Math.abs(speed - 0.4) < 0.01, `${speed} percent in 10 ms`);
});

test("a pointer never jumps when a report comes, and never runs past the last one", () => {
  const glide = moving(3);
  const before = glide.at(190);
  glide.hear(at(40), 190);
  assert.deepEqual(glide.at(190), before);
  assert.deepEqual(glide.at(10_000), at(40));
});

test("after three seconds without a word it fades, after ten it is gone, a new word brings it back", () => {
  const glide = moving(2);
  assert.deepEqual([3000, 3101, 10_101].map((nowMs) => glide.look(nowMs)), ["there", "idle", "gone"]);
  glide.hear(at(5), 9000);
  assert.equal(glide.look(9001), "there");
});

test("who leaves fades at once and is gone half a second later", () => {
  const glide = moving(2);
  glide.leave(200);
  assert.equal(glide.look(201), "idle");
  assert.equal(glide.look(700), "gone");
});

test("a pointer that stands needs no frame until it fades", () => {
  const glide = moving(2);
  assert.equal(glide.restMs(120), 0);
  const restMs = glide.restMs(200);
  assert.ok(restMs > 2800, `${restMs}`);
  assert.equal(glide.look(200 + restMs), "idle");
  const goneMs = 200 + restMs + glide.restMs(200 + restMs);
  assert.equal(glide.look(goneMs), "gone");
});

test("what appears out of nowhere is a tap until it moves", () => {
  const glide = new Glide(at(10), 0);
  assert.equal(glide.tapped, true);
  glide.hear(at(12), 50);
  assert.equal(glide.tapped, false);
});

test("a finger that comes down elsewhere is a tap there, without a way between", () => {
  const glide = new Glide(at(10), 0);
  glide.leave(1000);
  glide.hear(at(80), 1100);
  assert.equal(glide.tapped, true);
  assert.deepEqual(glide.at(1100), at(80));
  glide.hear(at(80.5), 1800);
  assert.equal(glide.tapped, true, "nor does a second tap beside it make a mouse of it");
});

test("a mouse that rested and goes on is a mouse still", () => {
  const glide = moving(4);
  glide.hear(at(9), 2000);
  assert.equal(glide.tapped, false);
});

// -- Others' pointers on the page -----------------------------------------------------------

function cursorsWorld({ calm = false } = {}) {
  const time = new FakeTime();
  const users = [{ id: "me", name: "Me", color: "#111111" }, { id: "bo", name: "Bo", color: "#222222" }]; // prettier-ignore
  const party = new FakeParty({ self: users[0], users, userCount: 2 });
  const layer = new FakeElement();
  const { loop, frame, frames } = fakeLoop(time);
  const { sheet, canvas, stamps } = fakeSheet(loop);
  let shown = true;
  /** What is painted in one frame, by name; who has none by number. @type {Map<string, any>} */
  const painted = new Map();
  const clear = canvas.clear.bind(canvas);
  canvas.clear = () => (painted.clear(), clear());
  const cursors = mountCursors(/** @type {any} */ ({
    layer, party, loop, sheet, now: time.now, calm: () => calm, shown: () => shown,
    stamps: {
      paint(/** @type {any} */ brush, /** @type {any} */ pose) {
        painted.set(pose.name || `${painted.size}`, pose);
        brush(stamps.get("any", () => ({ extent: { left: 0, top: 0, width: 1, height: 1 }, draw() {} })), pose.x, pose.y);
      },
    },
    size: () => ({ left: 50, top: 20, width: 1000, height: 500 }),
    template: fakeTemplate(["name"]),
  })); // prettier-ignore
  const hear = (/** @type {string} */ userId, /** @type {number} */ x, y = 50) =>
    party.emit("cursors", [{ userId, x, y, timestamp: 0 }]);
  /** @param {number} ms with a frame each 10 ms, if one is asked for */
  const pass = (ms) => {
    for (let passed = 0; passed < ms; passed += 10) {
      time.pass(10);
      frame();
    }
  };
  /** Everybody of a room of so many points. @param {number} count @param {number} x */
  const hearAll = (count, x) => {
    const crowd = Array.from({ length: count }, (_, index) => ({ id: `u${index}`, name: `U${index}`, color: "#333333" }));
    Object.assign(party.state, { users: crowd, userCount: count });
    party.emit("cursors", crowd.map(({ id }) => ({ userId: id, x, y: 50, timestamp: 0 }))); // prettier-ignore
  };
  return { time, party, layer, canvas, painted, cursors, hear, hearAll, pass, frames, hideAll: () => (shown = false) };
}

test("another's pointer stands at its percent of the picture, with name and colour; one's own never", () => {
  const { layer, hear, pass } = cursorsWorld();
  hear("me", 10);
  hear("bo", 25, 50);
  pass(20);
  assert.equal(layer.children.length, 1);
  const [bo] = layer.children;
  assert.equal(bo?.style.transform, "translate(250.0px, 250.0px)");
  assert.equal(bo?.part("name")?.textContent, "Bo");
  assert.equal(bo?.style["--person"], "#222222");
});

test("a moving pointer is drawn between the reports, with reduced motion it jumps", () => {
  for (const [calm, wanted] of /** @type {const} */ ([[false, false], [true, true]])) {
    const { layer, hear, pass } = cursorsWorld({ calm });
    hear("bo", 20);
    pass(50);
    hear("bo", 30);
    pass(20);
    assert.equal(layer.children[0]?.style.transform === "translate(300.0px, 250.0px)", wanted);
    pass(200);
    assert.equal(layer.children[0]?.style.transform, "translate(300.0px, 250.0px)");
  }
});

test("no frame is asked for while all pointers stand, and the last one to go ends the drawing", () => {
  const { layer, hear, pass, frames } = cursorsWorld();
  hear("bo", 20);
  pass(200);
  assert.equal(frames.length, 0);
  pass(3000);
  assert.ok(layer.children[0]?.classes.has("cursor--idle"));
  pass(7500);
  assert.equal(layer.children.length, 0);
  assert.equal(frames.length, 0);
  hear("bo", 20);
  pass(20);
  assert.equal(layer.children.length, 1);
});

test("who points no more fades away at once", () => {
  const { party, layer, hear, pass } = cursorsWorld();
  hear("bo", 20);
  pass(100);
  party.emit("cursor-gone", "bo");
  pass(20);
  assert.ok(layer.children[0]?.classes.has("cursor--idle"));
  pass(500);
  assert.equal(layer.children.length, 0);
});

test("hidden pointers go and stay away", () => {
  const { layer, cursors, hear, pass, hideAll, frames } = cursorsWorld();
  hear("bo", 20);
  pass(20);
  hideAll();
  cursors.clear();
  hear("bo", 30);
  pass(20);
  assert.equal(layer.children.length, 0);
  assert.equal(frames.length, 0);
});

test("somebody who has just gone is not drawn again, an unlisted one of a large room is, without a name", () => {
  const { party, layer, hear, pass } = cursorsWorld();
  hear("cy", 20);
  pass(20);
  assert.equal(layer.children.length, 0);
  party.state.userCount = 900;
  hear("cy", 20);
  pass(20);
  assert.equal(layer.children[0]?.part("name")?.textContent, "");
});

test("many pointers are painted on one canvas with their names and colours, and none is an element", () => {
  const { layer, canvas, painted, hearAll, pass } = cursorsWorld();
  hearAll(5, 20);
  pass(20);
  assert.deepEqual([layer.children.length, canvas.hidden], [5, true]);
  hearAll(6, 20);
  pass(20);
  assert.deepEqual([layer.children.length, canvas.hidden, painted.size], [0, false, 6]);
  const { x, y, name, color, opacity } = painted.get("U5");
  assert.deepEqual([x, y, name, color, opacity], [200, 250, "U5", "#333333", 1]);
});

test("a crowd moves as fluently as a film and no more often, and rests when all stand", () => {
  const { canvas, painted, hearAll, pass, frames } = cursorsWorld();
  hearAll(50, 20);
  pass(10);
  canvas.times = 0;
  for (let report = 1; report <= 20; report += 1) {
    hearAll(50, 20 + report);
    pass(50);
  }
  assert.ok(canvas.times >= 25 && canvas.times <= 31, `${canvas.times} times in a second`);
  const { x } = painted.get("U0");
  assert.ok(x > 380 && x < 400, `${x}: on its way`);
  pass(200);
  assert.equal(painted.get("U0").x, 400);
  assert.equal(frames.length, 0);
});

test("painted pointers fade when they rest and are gone in the end, canvas and all", () => {
  const { canvas, painted, hearAll, pass, frames } = cursorsWorld();
  hearAll(20, 20);
  pass(3200);
  const { opacity } = painted.get("U0");
  assert.ok(opacity > 0 && opacity < 1, `${opacity}`);
  pass(400);
  assert.deepEqual([canvas.hidden, painted.size], [true, 0]);
  hearAll(20, 25);
  pass(500);
  assert.equal(painted.get("U0").opacity, 1);
  pass(11_000);
  assert.deepEqual([canvas.hidden, frames.length], [true, 0]);
});

test("with reduced motion painted pointers jump, and a tap's ring does not grow", () => {
  for (const calm of [false, true]) {
    const { painted, hearAll, pass } = cursorsWorld({ calm });
    hearAll(20, 20);
    pass(10);
    assert.equal(painted.get("U0").ring === 1, calm);
    hearAll(20, 22);
    pass(50);
    assert.equal(painted.get("U0").x === 220, calm);
  }
});

test("when a crowd has gone the few that are left are elements again, in the same frame", () => {
  const { party, layer, canvas, hearAll, pass } = cursorsWorld();
  hearAll(9, 20);
  pass(20);
  for (let index = 3; index < 9; index += 1) party.emit("cursor-gone", `u${index}`);
  for (let passed = 0; passed < 600; passed += 10) {
    pass(10);
    assert.equal(layer.children.length > 0, canvas.hidden, `${passed} ms`);
  }
  assert.equal(layer.children.length, 3);
  assert.equal(layer.children[0]?.style.transform, "translate(200.0px, 250.0px)");
});

test("hidden painted pointers go at once", () => {
  const { canvas, layer, cursors, hearAll, pass, hideAll, frames } = cursorsWorld();
  hearAll(30, 20);
  pass(500);
  hideAll();
  cursors.clear();
  pass(40);
  assert.deepEqual([canvas.hidden, layer.children.length, frames.length], [true, 0, 0]);
});

test("a crowd's pointers do not hide the film", () => {
  const { painted, hearAll, pass } = cursorsWorld();
  hearAll(200, 20);
  pass(20);
  assert.equal(painted.size, 60);
});

test("where there is no room for all names, who has pointed longest has one", () => {
  const { painted, hearAll, pass } = cursorsWorld();
  hearAll(58, 20);
  pass(20);
  const names = [...painted.values()].map(({ name }) => name);
  assert.equal(names.length, 58);
  assert.deepEqual([names[55], names[56], names[57]], ["U55", "", ""], "500000 square pixels are room for 56");
});

test("a picture of another size has its pointers elsewhere at once, though all stand", () => {
  const { cursors, hear, pass, frames } = cursorsWorld();
  cursors.redraw();
  assert.equal(frames.length, 0);
  hear("bo", 20);
  pass(500);
  cursors.redraw();
  assert.equal(frames.length, 1);
});

// -- The picture's place --------------------------------------------------------------------

test("layers lie over the picture without its black bars, and follow its shape", () => {
  const [film, layer, video] = [new FakeElement(), new FakeElement(), new FakeElement()];
  Object.assign(film, { clientWidth: 1000, clientHeight: 1000 });
  Object.assign(video, { videoWidth: 1600, videoHeight: 900 });
  /** @type {() => void} */
  let resize = () => {};
  let measured = 0;
  const observeSize = (/** @type {unknown} */ _, /** @type {() => void} */ run) => ((resize = run), run(), () => {});
  const frame = mountFrame(/** @type {any} */ ({ film, video, layers: [layer], observeSize, onMeasured: () => (measured += 1) }));
  const { left, top, width, height } = layer.style;
  assert.deepEqual([left, top, width, height], ["0.0px", "218.8px", "1000.0px", "562.5px"]);
  assert.equal(frame.placeOf({ clientX: 500, clientY: 100 }), null, "a black bar is not the picture");
  assert.deepEqual(frame.placeOf({ clientX: 250, clientY: 500 }), { x: 25, y: 50 });
  Object.assign(video, { videoWidth: 500, videoHeight: 1000 });
  video.fire("resize");
  assert.deepEqual([layer.style.left, layer.style.width], ["250.0px", "500.0px"]);
  film.clientWidth = 2000;
  resize();
  assert.equal(layer.style.left, "750.0px");
  assert.equal(measured, 3);
});

// -- One's own pointer ----------------------------------------------------------------------

function handWorld() {
  const time = new FakeTime();
  const film = new FakeElement();
  const party = new FakeParty({});
  const world = { shares: true, own: false };
  const hand = mountHand(/** @type {any} */ ({
    film, party, ...time,
    placeOf: (/** @type {any} */ { clientX, clientY }) => (clientX > 100 ? null : at(clientX, clientY)),
    isOwn: () => world.own,
    shares: () => world.shares,
  })); // prettier-ignore
  /** @param {string} type @param {number} clientX @param {string} [pointerType] */
  const fire = (type, clientX, pointerType = "mouse") =>
    film.fire(type, { pointerType, clientX, clientY: 50 });
  return { time, film, party, hand, world, fire };
}

test("a mouse is told where it is, and that it left, beside the picture too", () => {
  const { party, hand, fire } = handWorld();
  fire("pointermove", 30);
  assert.deepEqual(hand.place(), at(30));
  fire("pointermove", 130);
  assert.equal(hand.place(), null);
  fire("pointermove", 40);
  fire("pointerleave", 40);
  assert.deepEqual(party.asked, [["move", 30, 50], ["leave"], ["move", 40, 50], ["leave"]]);
  assert.equal(hand.place(), null);
});

test("a finger is told where it tapped, for a second, and not while it moves", () => {
  const { time, party, hand, fire } = handWorld();
  fire("pointermove", 20, "touch");
  fire("pointerup", 30, "touch");
  time.pass(999);
  assert.deepEqual(party.asked, [["move", 30, 50]]);
  time.pass(1);
  assert.deepEqual(party.asked.at(-1), ["leave"]);
  assert.equal(hand.place(), null, "there is no pointer to react at");
});

test("a tap on a button points at nothing", () => {
  const { party, world, fire } = handWorld();
  world.own = true;
  fire("pointerup", 30, "touch");
  assert.deepEqual(party.asked, []);
});

test("who does not share the pointer is not told of, and can react at it all the same", () => {
  const { party, hand, world, fire } = handWorld();
  fire("pointermove", 30);
  world.shares = false;
  hand.hide();
  party.asked.length = 0;
  fire("pointermove", 40);
  fire("pointerup", 50, "touch");
  assert.ok(party.asked.every(([what]) => what === "leave"), "and a leave that nobody waits for is not sent");
  assert.deepEqual(hand.place(), at(40));
});

test("two switches are remembered on this device, and what is switched off goes at once", () => {
  const storage = fakeStorage({ "csw-own-pointer": "off" });
  const [showBox, shareBox] = [new FakeElement(), new FakeElement()];
  let hidden = 0;
  let withdrawn = 0;
  const choice = mountPointerChoice(/** @type {any} */ ({
    showBox, shareBox, storage, onHidden: () => (hidden += 1), onWithdrawn: () => (withdrawn += 1),
  })); // prettier-ignore
  assert.deepEqual([choice.shown(), choice.shares()], [true, false]);
  assert.equal(choice.toggle(), false);
  assert.deepEqual([choice.shown(), hidden, storage.getItem("csw-pointers")], [false, 1, "off"]);
  shareBox.checked = true;
  shareBox.fire("change");
  assert.deepEqual([withdrawn, storage.getItem("csw-own-pointer")], [0, "on"]);
  shareBox.checked = false;
  shareBox.fire("change");
  assert.deepEqual([withdrawn, storage.getItem("csw-own-pointer")], [1, "off"]);
});

// -- Clicks that follow each other ----------------------------------------------------------

test("quick clicks in one place count up, late or distant ones begin again", () => {
  const taps = new Taps();
  const count = (/** @type {number} */ timeStamp, clientX = 0) => taps.count({ clientX, clientY: 0, timeStamp });
  assert.deepEqual([count(0), count(200), count(400)], [1, 2, 3]);
  assert.deepEqual([count(700), count(800, 60), count(900, 70)], [1, 1, 2]);
});

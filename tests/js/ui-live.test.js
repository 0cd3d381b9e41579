// @ts-check
/** Live now: the part that is swapped, the playheads in between, and the asking that goes on by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { liken } from "../../static/js/ui/liken.js";
import { mediaTime, paintPlayheads, readPlayhead } from "../../static/js/ui/live-playheads.js";
import { ASK_EVERY_MS, LiveWatch, TurnedAway } from "../../static/js/ui/live-watch.js";
import { FakeElement, fromTemplate } from "./ui-dom.js";
import { FakeTime } from "./ui-fakes.js";

// -- The asking

/** A watch whose answers a test gives. */
function watching() {
  const time = new FakeTime();
  /** @type {{answer: (part: string) => void, fail: (problem: Error) => void}[]} */
  const asked = [];
  /** @type {any[][]} */
  const shown = [];
  /** @type {any[][]} */
  const told = [];
  const watch = new LiveWatch({
    ask: () => new Promise((/** @type {(part: string) => void} */ answer, fail) => void asked.push({ answer, fail })),
    show: (part, times) => void shown.push([part, times]),
    tell: (trouble, heardMs) => void told.push([trouble, heardMs]),
    now: time.now,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
  });
  const settled = () => new Promise((done) => setImmediate(done));
  return { time, asked, shown, told, watch, settled };
}

test("who is not let in any more is told so, and not asked for again", async () => {
  const { asked, told, time, watch, settled } = watching();
  watch.start();
  asked[0]?.fail(new TurnedAway());
  await settled();
  time.pass(10 * ASK_EVERY_MS);
  watch.start();
  assert.deepEqual(told, [["turned away", null]]);
  assert.equal(asked.length, 1);
});

test("a server that does not answer is said with when it last did, and asked again until it does", async () => {
  const { asked, shown, told, time, watch, settled } = watching();
  watch.start();
  time.pass(40);
  asked[0]?.answer("first");
  await settled();
  assert.deepEqual(shown, [["first", { askedMs: 0, heardMs: 40 }]]);
  time.pass(ASK_EVERY_MS);
  asked[1]?.fail(new Error("away"));
  await settled();
  time.pass(ASK_EVERY_MS);
  asked[2]?.answer("back");
  await settled();
  assert.deepEqual(told, [[null, 40], ["lost", 40], [null, 40 + 2 * ASK_EVERY_MS]]);
  assert.equal(shown.at(-1)?.[0], "back");
});

test("while nobody looks nothing is asked, and an answer under way counts no more", async () => {
  const { asked, shown, told, time, watch, settled } = watching();
  watch.start();
  watch.stop();
  asked[0]?.answer("too late");
  await settled();
  time.pass(10 * ASK_EVERY_MS);
  assert.deepEqual([shown, told, asked.length], [[], [], 1]);
  watch.start();
  asked[1]?.answer("again");
  await settled();
  assert.equal(shown[0]?.[0], "again");
});

test("asked anew before an answer, only the newer one is shown, and one asking follows", async () => {
  const { asked, shown, time, watch, settled } = watching();
  watch.start();
  watch.start();
  asked[1]?.answer("newer");
  asked[0]?.answer("older");
  await settled();
  assert.deepEqual(shown.map(([part]) => part), ["newer"]);
  time.pass(ASK_EVERY_MS);
  assert.equal(asked.length, 3);
});

// -- Playheads

/** @param {Record<string, string>} data */
function film(data) {
  const element = fromTemplate("admin/watchparty/room/_live.html").querySelector("[data-playhead]");
  assert.ok(element);
  for (const [name, value] of Object.entries(data)) element.dataset[name] = value;
  const root = new FakeElement("div");
  root.append(element);
  const parts = { clock: element.querySelector("[data-clock]"), bar: element.querySelector("[data-bar]") };
  return { root: /** @type {any} */ (root), ...parts };
}

test("a playhead moves by its vector, stands while paused or before its start, and ends with the film", () => {
  const playing = { positionS: "61.5", atMs: "1000", rate: "1.5", playing: "1", durationS: "90" };
  const { root, clock, bar } = film(playing);
  for (const [mediaMs, words, value] of /** @type {const} */ ([
    [0, "1:01", 61.5],
    [3000, "1:04", 64.5],
    [60_000, "1:30", 90],
  ])) {
    paintPlayheads(root, mediaMs);
    assert.deepEqual([clock?.textContent, bar?.value], [words, value]);
  }
  const paused = film({ ...playing, playing: "0" });
  paintPlayheads(paused.root, 60_000);
  assert.equal(paused.clock?.textContent, "1:01");
});

test("a film of unknown length has no end", () => {
  assert.equal(readPlayhead({ positionS: "1", atMs: "0", rate: "1", playing: "1", durationS: "" }).durationS, null);
});

test("the server's time is taken in the middle of the way, whatever our own clock says", () => {
  const mediaAt = mediaTime({ nowMs: 5_000_000, askedMs: 100, heardMs: 140 });
  assert.equal(mediaAt(120), 5_000_000);
  assert.equal(mediaAt(1120), 5_001_000);
});

// -- The swap

/** As much of a document's tree as `liken` touches; text is a leaf. */
class Leaf {
  nodeType = 3;
  nodeName = "#text";
  /** @type {Branch | null} */
  parent = null;
  /** @param {string} nodeValue */
  constructor(nodeValue) {
    this.nodeValue = nodeValue;
  }
  /** @returns {Leaf | null} */
  get nextSibling() {
    const siblings = this.parent?.childNodes ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
}

class Branch extends Leaf {
  /** @override */
  nodeType = 1;
  /** @type {Leaf[]} */
  childNodes = [];
  /** @param {string} tag @param {Record<string, string>} attributes @param {(Leaf | string)[]} children */
  constructor(tag, attributes = {}, ...children) {
    super("");
    this.nodeName = tag.toUpperCase();
    this.attributes = attributes;
    for (const child of children) this.insertBefore(typeof child === "string" ? new Leaf(child) : child, null);
  }
  get id() {
    return this.attributes.id ?? "";
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  getAttributeNames() {
    return Object.keys(this.attributes);
  }
  /** @param {string} name */
  hasAttribute(name) {
    return name in this.attributes;
  }
  /** @param {string} name */
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  /** @param {string} name */
  removeAttribute(name) {
    delete this.attributes[name];
  }
  /** @param {Leaf} node @param {Leaf | null} before */
  insertBefore(node, before) {
    node.parent?.removeChild(node);
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, node);
    node.parent = this;
  }
  /** @param {Leaf} node */
  removeChild(node) {
    this.childNodes = this.childNodes.filter((one) => one !== node);
    node.parent = null;
  }
  /** @override @returns {string} */
  toString() {
    const attributes = Object.entries(this.attributes).map(([name, value]) => ` ${name}="${value}"`);
    const children = this.childNodes.map((one) => (one instanceof Branch ? `${one}` : one.nodeValue));
    return `<${this.nodeName.toLowerCase()}${attributes.join("")}>${children.join("")}</>`;
  }
}

/** @param {Branch} here @param {Branch} wanted */
const like = (here, wanted) => liken(/** @type {any} */ (here), /** @type {any} */ (wanted));

/** @param {string} id @param {string} text */
const room = (id, text) => new Branch("section", { id }, new Branch("details", {}, new Branch("summary", {}, text)));

test("only what differs is touched: what is open stays open, and elements stay the same ones", () => {
  const here = new Branch("div", { "data-now-ms": "1", class: "stale" }, room("a", "2 people"), "and more");
  const [section] = /** @type {Branch[]} */ (here.childNodes);
  const details = /** @type {Branch} */ (section?.childNodes[0]);
  details.setAttribute("open", "");
  like(here, new Branch("div", { "data-now-ms": "2" }, room("a", "3 people"), "and others"));
  assert.equal(`${here}`, '<div data-now-ms="2"><section id="a"><details open=""><summary>3 people</></></>and others</>');
  assert.equal(here.childNodes[0], section);
  assert.equal(section?.childNodes[0], details);
});

test("rooms are known by their ids, wherever they come to stand; what is gone goes, what is new comes", () => {
  const here = new Branch("div", {}, "\n", room("a", "A"), "\n", room("b", "B"), "\n", room("c", "C"));
  const before = new Map(here.childNodes.map((one) => [one instanceof Branch && one.id, one]));
  like(here, new Branch("div", {}, "\n", room("c", "C2"), "\n", room("new", "N"), "\n", room("a", "A")));
  const wanted = new Branch("div", {}, "\n", room("c", "C2"), "\n", room("new", "N"), "\n", room("a", "A"));
  assert.equal(`${here}`, `${wanted}`);
  for (const one of here.childNodes) if (one instanceof Branch && one.id !== "new") assert.equal(one, before.get(one.id));
});

test("an element that becomes another kind, or loses its children, is as it was sent", () => {
  const here = new Branch("div", {}, new Branch("p", {}, "text", new Branch("b", {}, "bold")), new Branch("ul", {}, "x"));
  like(here, new Branch("div", {}, new Branch("p"), new Branch("dl", { class: "y" }, "z"), "end"));
  assert.equal(`${here}`, '<div><p></><dl class="y">z</>end</>');
});

test("whatever the page was, it becomes what was sent", () => {
  let seed = 7;
  const chance = (/** @type {number} */ below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  /** @param {number} depth @returns {Leaf} */
  const grown = (depth) => {
    if (depth === 0 || chance(3) === 0) return new Leaf(`t${chance(4)}`);
    /** @type {Record<string, string>} */
    const attributes = chance(2) ? { class: `c${chance(3)}` } : {};
    return new Branch(["p", "b"][chance(2)] ?? "p", attributes, ...Array.from({ length: chance(4) }, () => grown(depth - 1)));
  };
  const rooms = () => {
    const ids = ["a", "b", "c", "d"].filter(() => chance(3)).sort(() => chance(3) - 1);
    return ids.map((id) => new Branch("section", { id }, grown(3), grown(2)));
  };
  const here = new Branch("div", {}, ...rooms());
  for (let turn = 0; turn < 300; turn += 1) {
    const wanted = new Branch("div", {}, ...rooms(), grown(3));
    const text = `${wanted}`;
    like(here, wanted);
    assert.equal(`${here}`, text);
  }
});

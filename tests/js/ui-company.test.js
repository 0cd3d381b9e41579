// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountBanner } from "../../static/js/ui/banner.js";
import { companySentence, mountCompany, together } from "../../static/js/ui/company.js";
import { commandFor } from "../../static/js/ui/keys.js";
import { bufferingSentence } from "../../static/js/ui/others.js";
import { mountTheatre } from "../../static/js/ui/theatre.js";
import { FakeTime } from "./ui-fakes.js";

/** A party of the fewest parts: listeners by name, and a state to change. */
class FakeParty {
  /** @type {Map<string, (event: any) => void>} */
  #listeners = new Map();
  /** @type {any} */
  state;

  /** @param {object} state */
  constructor(state) {
    this.state = state;
  }

  on = (/** @type {string} */ name, /** @type {(event: any) => void} */ listener) => {
    this.#listeners.set(name, listener);
    return () => this.#listeners.delete(name);
  };

  subscribe = (/** @type {() => void} */ draw) => (draw(), () => {});

  /**
   * @param {string} name
   * @param {object} event
   */
  emit(name, event) {
    this.#listeners.get(name)?.(event);
  }
}

function company(userCount = 3) {
  const time = new FakeTime();
  const party = new FakeParty({ userCount, users: [], self: { id: "me" } });
  /** @type {string[]} */
  const told = [];
  /** @type {string[]} */
  const announced = [];
  mountCompany({
    party: /** @type {any} */ (party),
    tell: (sentence) => told.push(sentence),
    announce: (sentence) => announced.push(sentence),
    ...time,
  });
  return { time, party, told, announced };
}

test("somebody's second tab is nobody new, and its end is no leaving", () => {
  const { time, party, told, announced } = company();
  party.state.users = [{ id: "a", person: "p-ada", name: "Ada" }];
  party.emit("user-joined", { id: "a-2", person: "p-ada", name: "Ada" });
  party.emit("user-left", { id: "a-2", person: "p-ada", name: "Ada" });
  time.pass(10_000);
  assert.deepEqual([told, announced], [[], []]);
});

test("in a crowd nobody hears of comings and goings", () => {
  const { time, party, told, announced } = company(21);
  party.emit("user-joined", { id: "a", name: "Ada" });
  time.pass(10_000);
  assert.deepEqual([told, announced], [[], []]);
});

test("who comes in one moment is announced in one sentence", () => {
  const { time, party, told, announced } = company();
  party.emit("user-joined", { id: "a", name: "Ada" });
  party.emit("user-joined", { id: "b", name: "Ben" });
  party.emit("user-left", { id: "c", name: "Cleo" });
  time.pass(10_000);
  assert.deepEqual(told, ["Ada came in.", "Ben came in.", "Cleo left."]);
  assert.deepEqual(announced, ["Ada and Ben came in. Cleo left."]);
});

test("a reload is no news", () => {
  const { time, party, announced } = company();
  party.emit("user-left", { id: "a", name: "Ada" });
  party.emit("user-joined", { id: "a", name: "Ada" });
  time.pass(10_000);
  assert.deepEqual(announced, []);
});

test("more than two are counted", () => {
  assert.equal(together(["Ada", "Ben", "Cleo"]), "Ada and 2 others");
  assert.equal(companySentence([]), "");
});

test("who buffers is named, and never we ourselves", () => {
  const users = [{ id: "me", name: "Me" }, { id: "a", name: "Ada" }, { id: "b", name: "Ben" }]; // prettier-ignore
  const buffering = /** @type {const} */ ({ state: "buffering" });
  assert.equal(bufferingSentence(users, { me: buffering }, "me"), "");
  assert.equal(bufferingSentence(users, { a: buffering, b: { state: "synced" } }, "me"), "Ada is buffering.");
  assert.equal(bufferingSentence(users, { a: buffering, b: buffering }, "me"), "Ada and Ben are buffering.");
});

/** An element as far as state on it goes. */
class FakeElement extends EventTarget {
  hidden = false;
  textContent = "";
  /** @type {Record<string, string>} */
  dataset = {};
  ownerDocument = { activeElement: null };
  /** @type {Record<string, string>} */
  attributes = {};

  /**
   * @param {string} name
   * @param {string} value
   */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  querySelector() {
    return null;
  }
  contains() {
    return false;
  }
}

/** @param {{usable: boolean, stored?: string}} how */
function theatre({ usable, stored }) {
  const [button, room] = [new FakeElement(), new FakeElement()];
  const kept = new Map(stored === undefined ? [] : [["csw-theatre", stored]]);
  const storage = {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
  };
  const { toggle } = mountTheatre(/** @type {any} */ ({ button, room, storage, usable: () => usable }));
  return { button, room, kept, toggle };
}

test("a narrow page keeps its layout and the choice made on a wide one", () => {
  const { room, kept, toggle } = theatre({ usable: false, stored: "on" });
  toggle();
  assert.equal(room.dataset.theatre, "on");
  assert.equal(kept.get("csw-theatre"), "on");
});

test("theatre is switched, said and remembered", () => {
  const { button, room, kept, toggle } = theatre({ usable: true });
  assert.equal(button.attributes["aria-pressed"], "false");
  toggle();
  assert.equal(room.dataset.theatre, "on");
  assert.equal(button.attributes["aria-pressed"], "true");
  assert.equal(kept.get("csw-theatre"), "on");
  button.dispatchEvent(new Event("click"));
  assert.equal(kept.get("csw-theatre"), "off");
});

test("T is theatre, once however long it is held", () => {
  const press = { key: "T", ctrlKey: false, altKey: false, metaKey: false, repeat: false };
  assert.equal(commandFor(press, { kind: "elsewhere" }), "theatre");
  assert.equal(commandFor({ ...press, repeat: true }, { kind: "elsewhere" }), null);
});

test("a loss is announced once though its seconds count down, and so is the return", () => {
  const parts = new FakeElement();
  globalThis.HTMLElement = /** @type {any} */ (FakeElement);
  const root = Object.assign(new FakeElement(), { querySelector: () => parts });
  const party = new FakeParty({ phase: "joined", retryAtMs: null, degraded: null });
  /** @type {string[]} */
  const announced = [];
  let nowMs = 0;
  /** @type {() => void} */
  let tick = () => {};
  const needs = {
    root, party, now: () => nowMs, retry: () => {}, announce: (/** @type {string} */ sentence) => announced.push(sentence),
    setInterval: (/** @type {() => void} */ run) => (tick = run), clearInterval: () => {},
  }; // prettier-ignore
  mountBanner(/** @type {any} */ (needs));
  party.state = { phase: "reconnecting", retryAtMs: 5000, degraded: null };
  for (nowMs = 0; nowMs < 4000; nowMs += 250) tick();
  assert.deepEqual(announced, ["Connection lost. The film goes on."]);
  party.state = { phase: "joined", retryAtMs: null, degraded: null };
  tick();
  tick();
  assert.deepEqual(announced.slice(1), ["Connected again."]);
});

test("a limit is told of what was done by hand, never of what the page sends by itself", () => {
  const { party, told } = company();
  for (const action of ["usersList", "status", "roomSync", "videoReady", "message", "cursor", "reaction"]) {
    party.emit("ratelimit", { action, retryInMs: 500 });
  }
  assert.deepEqual(told, []);
  party.emit("ratelimit", { action: "memberAsk", retryInMs: 500 });
  assert.deepEqual(told, ["That was a little too fast."]);
});

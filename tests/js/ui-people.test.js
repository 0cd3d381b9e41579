// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountPeople } from "../../static/js/ui/people.js";

/** An element as far as a list without rows needs one. */
const element = () => ({ textContent: "", hidden: false, children: [], ownerDocument: { activeElement: null } });

/** @param {object} state of the party */
function shown(state) {
  const [list, count, alone] = [element(), element(), element()];
  const parts = {
    list, count, alone, template: null,
    party: { state, subscribe: (/** @type {() => void} */ draw) => (draw(), () => {}) },
    loop: { once: (/** @type {() => void} */ draw) => draw() },
    civilNowMs: () => 0, setInterval: () => 1, clearInterval: () => {},
  }; // prettier-ignore
  mountPeople(/** @type {any} */ (parts));
  return { count: count.textContent, alone: !alone.hidden };
}

test("a large room counts everybody, though its list is cut", () => {
  const state = { users: [], userCount: 4100, statuses: {}, self: null, phase: "joined" };
  assert.deepEqual(shown(state), { count: "4100", alone: false });
});

test("before the room is known nobody is counted", () => {
  const state = { users: [], userCount: 0, statuses: {}, self: null, phase: "connecting" };
  assert.deepEqual(shown(state), { count: "", alone: false });
});

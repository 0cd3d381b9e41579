// The generated constants: unique names, words only, and nothing that anybody could change.
import assert from "node:assert/strict";
import test from "node:test";
import * as protocol from "../../static/js/protocol/protocol.js";

const { ACTIONS, CLOSE_MEANINGS, ClientType, CloseCode, EMOJI, ErrorCode, LIMITS, ORDERED_TYPES, ServerType } =
  protocol;

const WORDS = { ClientType, ServerType, ErrorCode };

/** Every object below and including `value`. @param {unknown} value @returns {object[]} */
const objectsOf = (value) =>
  typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(objectsOf)] : [];

for (const [name, words] of Object.entries(WORDS)) {
  test(`every constant of ${name} is a word, and no word has two names`, () => {
    const all = Object.values(words);
    assert.ok(all.length > 0);
    assert.ok(all.every((word) => typeof word === "string" && word.length > 0));
    assert.equal(new Set(all).size, all.length);
  });

  test(`every constant of ${name} is called as its word`, () => {
    for (const [constant, word] of Object.entries(words)) {
      assert.equal(constant, word.replaceAll(":", "_").toUpperCase());
    }
  });
}

test("nothing that is exported can be changed", () => {
  for (const object of objectsOf({ ...protocol }).slice(1)) {
    assert.ok(Object.isFrozen(object), JSON.stringify(object));
  }
  assert.throws(() => Object.assign(LIMITS.cursor, { max: 1000 }), TypeError);
});

test("every message draws on a limit, and every limit lets something through", () => {
  assert.deepEqual(Object.keys(ACTIONS).sort(), Object.values(ClientType).sort());
  for (const action of Object.values(ACTIONS)) assert.ok(action in LIMITS, action);
  for (const { max, windowMs, burst } of Object.values(LIMITS)) {
    assert.ok(max > 0 && windowMs > 0 && burst > 0);
  }
});

test("ordered messages come from the server", () => {
  const known = new Set(Object.values(ServerType));
  assert.ok(ORDERED_TYPES.length > 0);
  assert.ok(ORDERED_TYPES.every((type) => known.has(type)));
});

test("every close code is told once and has a meaning", () => {
  const codes = Object.values(CloseCode);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.ok(CLOSE_MEANINGS[code]?.meaning, String(code));
});

test("there are twelve emoji, each another", () => {
  assert.equal(new Set(EMOJI).size, 12);
});

test("numbers are numbers, and words are words", () => {
  const words = new Set(["BEARER", "CLOCK_ROOM", "SUBPROTOCOL"]);
  for (const [name, value] of Object.entries(protocol)) {
    if (words.has(name)) assert.match(String(value), /^[a-z][a-z0-9.-]+$/);
    else if (typeof value !== "object") assert.ok(Number.isFinite(value), name);
  }
});

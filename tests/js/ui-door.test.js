// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountDoor } from "../../static/js/ui/door.js";
import { mountGone } from "../../static/js/ui/gone.js";
import { FakeElement, fakeDocument, fromTemplate, piece } from "./ui-dom.js";
import { FakeParty, pretend } from "./ui-party-fakes.js";

pretend();
Object.assign(FakeElement.prototype, { select() {} });

/** @param {FakeElement} root @param {string} id @returns {any} */
const at = (root, id) => root.querySelector(`[id="${id}"]`);
/** Ids as attributes, and no state of boxes: that is all the small document knows. @param {FakeElement} root */
function byHash(root) {
  const known = (/** @type {string} */ selector) => selector.replace(/^#([\w-]+)$/, '[id="$1"]').replace(":checked", "[checked]");
  for (const element of [root, ...root.querySelectorAll("div")]) {
    const find = element.querySelector.bind(element);
    element.querySelector = (selector) => find(known(selector));
  }
  return root;
}

/** @param {string} [account] what the page says of who has signed in */
function door(account = "") {
  const root = byHash(/** @type {FakeElement} */ (fromTemplate("watchparty/room/_door.html").querySelector("section")));
  const swatch = piece(fromTemplate("watchparty/room/_pieces.html"), "piece-swatch");
  swatch.content = { firstElementChild: swatch.content.firstElementChild };
  at(root, "door-name").defaultValue = account;
  /** @type {unknown[][]} */
  const joined = [];
  const it = mountDoor(/** @type {any} */ ({
    root, swatch, colors: [], profile: { name: "Ada", color: "#123456", shareCity: true }, timezone: "Europe/Berlin",
    join: (/** @type {unknown[]} */ ...args) => joined.push(args),
  })); // prettier-ignore
  const submit = () => at(root, "door-form").happen("submit");
  return { root, joined, it, submit };
}

test("who has signed in comes in as their account is called, whatever this browser remembers", () => {
  const { root, joined, submit } = door("grace");
  assert.equal(at(root, "door-known").textContent.includes("grace"), true);
  submit();
  assert.equal(/** @type {{name: string}} */ (joined[0]?.[0]).name, "grace");
});

test("a door that was not asked for a password has none to show or to send", () => {
  const { root, joined, submit } = door();
  assert.equal(at(root, "door-secret").hidden, true);
  submit();
  assert.equal(joined[0]?.[1], "");
});

test("a door asks for the password, wants one typed, and sends it along", () => {
  const { root, joined, it, submit } = door();
  it.askPassword("");
  assert.deepEqual([at(root, "door-secret").hidden, at(root, "door-password-error").hidden], [false, true]);
  assert.equal(fakeDocument.activeElement, at(root, "door-password"));
  submit();
  assert.deepEqual(joined, []);
  assert.equal(at(root, "door-password-error").textContent, "Type the password you were told.");
  at(root, "door-password").value = "sesame";
  submit();
  assert.equal(joined[0]?.[1], "sesame");
});

test("a wrong password is said beside the field until something else is typed", () => {
  const { root, it } = door();
  it.askPassword("That is not the password. Try again.");
  const [field, error] = [at(root, "door-password"), at(root, "door-password-error")];
  assert.deepEqual([field.getAttribute("aria-invalid"), error.hidden], ["true", false]);
  field.happen("input");
  assert.deepEqual([field.getAttribute("aria-invalid"), error.hidden], ["false", true]);
});

test("after too many tries the button counts down to the next", () => {
  const { root, it } = door();
  const button = at(root, "door-join");
  it.holdBack(12);
  assert.deepEqual([button.disabled, button.textContent.trim()], [true, "Try again in 12 s"]);
  it.holdBack(0);
  assert.deepEqual([button.disabled, button.textContent.trim()], [false, "Join and play with sound"]);
});

test("once inside, the password is gone from the page", () => {
  const { root, it } = door();
  it.askPassword("");
  at(root, "door-password").value = "sesame";
  it.forgetPassword();
  assert.deepEqual([at(root, "door-password").value, at(root, "door-secret").hidden], ["", true]);
});

// -- Out ------------------------------------------------------------------------------------

/** @param {object} gone */
function out(gone) {
  const party = new FakeParty({ phase: "gone", gone: { code: 4403, errorCode: null, message: "", reason: null, retryAtMs: null, ...gone } });
  const root = /** @type {FakeElement} */ (fromTemplate("watchparty/room/_gone.html").querySelector("section"));
  let nowMs = 0;
  /** @type {() => void} */
  let tick = () => {};
  fakeDocument.activeElement = null;
  /** What waits until nothing stands before it. @type {(() => void)[]} */
  const clearing = [];
  mountGone(/** @type {any} */ ({
    root, party, again: () => {}, clear: (/** @type {() => void} */ then) => clearing.push(then), already: null, now: () => nowMs, clearInterval: () => {},
    setInterval: (/** @type {() => void} */ run) => (tick = run),
  })); // prettier-ignore
  const part = (/** @type {string} */ name) => /** @type {FakeElement} */ (root.querySelector(`[data-part="${name}"]`));
  return { root, part, clearing, pass: (/** @type {number} */ ms) => ((nowMs += ms), tick()) };
}

test("who was removed reads the host's words, and when the way back opens", () => {
  const { root, part, clearing, pass } = out({ reason: "No spoilers.", retryAtMs: 60_000 });
  assert.equal(root.hidden, false);
  assert.deepEqual([clearing.length, fakeDocument.activeElement], [1, null]);
  clearing[0]?.();
  assert.equal(fakeDocument.activeElement, root);
  assert.equal(part("reason").textContent, "A host wrote: “No spoilers.”");
  assert.deepEqual([part("again").textContent, part("again").getAttribute("disabled")], ["Come back in 60 s", ""]);
  pass(60_000);
  assert.deepEqual([part("again").textContent, part("again").getAttribute("disabled")], ["Come back", null]);
});

test("as long as a ban holds, nobody is sent to try again", () => {
  const { part } = out({ errorCode: "banned", message: "You may not come into this room any more." });
  assert.equal(part("again").hidden, true);
});

test("who was removed and comes back too early, be it by a reload, waits out the minute", () => {
  const { part, pass } = out({ errorCode: "banned", message: "Come back in a minute.", retryAtMs: 42_000 });
  assert.equal(part("title").textContent, "You were taken out of the room.");
  assert.deepEqual([part("again").textContent, part("again").getAttribute("disabled")], ["Come back in 42 s", ""]);
  pass(42_000);
  assert.deepEqual([part("again").textContent, part("again").getAttribute("disabled")], ["Come back", null]);
});

test("a room that is locked or full may be tried again", () => {
  for (const errorCode of ["locked", "room_full"]) {
    const { part } = out({ code: 4423, errorCode });
    assert.deepEqual([part("again").hidden, part("again").textContent], [false, "Try again"]);
  }
});

test("without words of a host there is no empty place for them", () => {
  assert.equal(out({ errorCode: "banned" }).part("reason").hidden, true);
});

test("a password is asked at the door, not on a page of its own", () => {
  assert.equal(out({ code: 4423, errorCode: "wrong_password" }).root.hidden, true);
});

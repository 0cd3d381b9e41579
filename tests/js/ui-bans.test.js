// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountBans } from "../../static/js/ui/bans.js";
import { userOf } from "./room-fakes.js";
import { FakeElement, fakeDocument, fromTemplate, piece } from "./ui-dom.js";
import { FakeParty, pretend } from "./ui-party-fakes.js";

pretend();

const BEN = { person: "p-ben", name: "Ben", at: 1000, by: "Ada" };
const CLEO = { person: "p-cleo", name: "Cleo", at: 2000, by: "" };

/** @param {object} [state] */
function mounted(state) {
  const party = new FakeParty(state);
  const root = /** @type {FakeElement} */ (fromTemplate("watchparty/room/_rail.html").querySelector('[id="bans"]'));
  const template = piece(fromTemplate("watchparty/room/_pieces.html"), "piece-ban");
  template.content = { firstElementChild: template.content.firstElementChild };
  const home = new FakeElement("div");
  /** @type {string[]} */
  const announced = [];
  mountBans(/** @type {any} */ ({
    root, template, party, home,
    when: (/** @type {number} */ atMs) => `at ${atMs}`,
    announce: (/** @type {string} */ sentence) => announced.push(sentence),
  })); // prettier-ignore
  const list = /** @type {FakeElement} */ (root.querySelector('[data-part="list"]'));
  const buttons = () => list.querySelectorAll('[data-part="unban"]');
  return { party, root, list, home, announced, buttons };
}

test("guests see nobody who is banned, whatever their page has heard", () => {
  const { party, root, list } = mounted({ bans: [BEN] });
  assert.equal(root.hidden, false);
  party.change({ self: userOf("me", { role: "guest" }) });
  assert.deepEqual([root.hidden, list.children.length], [true, 0]);
});

test("where nobody is banned nothing is shown", () => {
  assert.equal(mounted().root.hidden, true);
});

test("who is banned is counted and told with who did it and when, as the room lists them", () => {
  const { party, root, list } = mounted({ bans: [BEN] });
  party.change({ bans: [CLEO, BEN] });
  assert.match(root.textContent, /Banned \(2\)/);
  assert.match(list.children[0]?.textContent ?? "", /Cleo\s+at 2000/);
  assert.match(list.children[1]?.textContent ?? "", /Ben\s+by Ada, at 1000/);
});

test("one button lets somebody back in, and the room's answer is announced", () => {
  const { party, announced, buttons } = mounted({ bans: [CLEO, BEN] });
  assert.equal(buttons()[1]?.getAttribute("aria-label"), "Let back in: Ben");
  buttons()[1]?.happen("click");
  assert.deepEqual(party.asked, [["unban", "p-ben"]]);
  party.emit("answered", { ref: "another", outcome: "answered" });
  assert.deepEqual(announced, []);
  party.emit("answered", { ref: "ref-1", outcome: "answered" });
  assert.deepEqual(announced, ["Ben may come in again."]);
});

test("a refusal announces nothing of the kind", () => {
  const { party, announced, buttons } = mounted({ bans: [BEN] });
  buttons()[0]?.happen("click");
  party.emit("answered", { ref: "ref-1", outcome: "refused" });
  assert.deepEqual(announced, []);
});

test("the keyboard goes on at the next one, and in the list of people after the last", () => {
  const { party, home, buttons } = mounted({ bans: [CLEO, BEN] });
  buttons()[0]?.focus();
  party.change({ bans: [BEN] });
  assert.equal(fakeDocument.activeElement, buttons()[0]);
  party.change({ bans: [] });
  assert.equal(fakeDocument.activeElement, home);
});

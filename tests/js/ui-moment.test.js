// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountMoment } from "../../static/js/ui/moment.js";
import { FakeElement, fakeDocument, fromTemplate } from "./ui-dom.js";
import { FakeTime } from "./ui-fakes.js";
import { FakeParty, pretend } from "./ui-party-fakes.js";

pretend();

const REFUSAL = { code: "forbidden", message: "Only hosts may do this.", ref: "ref-1" };

/** @param {{phase?: string, isTold?: () => boolean}} [needs] */
function mounted({ phase = "joined", isTold = () => false } = {}) {
  const time = new FakeTime();
  const party = new FakeParty({ phase, video: null });
  const root = /** @type {FakeElement} */ (fromTemplate("watchparty/room/_stage.html").querySelector('[id="moment"]'));
  const film = new FakeElement("section");
  /** @type {string[]} */
  const announced = [];
  const { tell } = mountMoment(/** @type {any} */ ({
    root, party, isTold, release: () => film.focus(), positionAt: () => 0, mediaNow: time.now,
    announce: (/** @type {string} */ sentence) => announced.push(sentence),
    setTimeout: time.setTimeout, clearTimeout: time.clearTimeout,
  })); // prettier-ignore
  party.emit("refusal", REFUSAL);
  return { root, party, film, announced, tell };
}

test("a refusal that the door or another place tells is not told again over the film", () => {
  for (const quiet of [mounted({ phase: "idle" }), mounted({ isTold: () => true })]) {
    assert.deepEqual([quiet.root.hidden, quiet.announced], [true, []]);
  }
});

test("any other refusal is told over the film, and spoken", () => {
  const { root, announced } = mounted();
  assert.equal(root.hidden, false);
  assert.match(root.textContent, /Only hosts may do this\./);
  assert.deepEqual(announced, [REFUSAL.message]);
});

test("a way back that is taken, or leads nowhere any more, gives the keyboard back to the film", () => {
  const { root, party, film, tell } = mounted();
  const undo = /** @type {FakeElement} */ (root.querySelector('[data-part="undo"]'));
  let undone = 0;
  tell("Ben jumped to 0:10.", () => (undone += 1));
  undo.focus();
  undo.happen("click");
  assert.deepEqual([undone, root.hidden, fakeDocument.activeElement], [1, true, film]);
  tell("Ben jumped to 0:20.", () => {});
  undo.focus();
  const video = /** @type {any} */ ({ by: "me", currentTime: 0, rate: 1, serverTimestamp: 0 });
  party.emit("action", { own: true, kind: "play", by: party.state.self, video });
  assert.deepEqual([undo.hidden, fakeDocument.activeElement], [true, film]);
});

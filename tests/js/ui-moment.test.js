// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountMoment } from "../../static/js/ui/moment.js";
import { FakeElement, fromTemplate } from "./ui-dom.js";
import { FakeTime } from "./ui-fakes.js";
import { FakeParty, pretend } from "./ui-party-fakes.js";

pretend();

const REFUSAL = { code: "forbidden", message: "Only hosts may do this.", ref: "ref-1" };

/** @param {{phase?: string, isTold?: () => boolean}} [needs] */
function mounted({ phase = "joined", isTold = () => false } = {}) {
  const time = new FakeTime();
  const party = new FakeParty({ phase, video: null });
  const root = /** @type {FakeElement} */ (fromTemplate("watchparty/room/_stage.html").querySelector('[id="moment"]'));
  /** @type {string[]} */
  const announced = [];
  mountMoment(/** @type {any} */ ({
    root, party, isTold, positionAt: () => 0, mediaNow: time.now,
    announce: (/** @type {string} */ sentence) => announced.push(sentence),
    setTimeout: time.setTimeout, clearTimeout: time.clearTimeout,
  })); // prettier-ignore
  party.emit("refusal", REFUSAL);
  return { root, announced };
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

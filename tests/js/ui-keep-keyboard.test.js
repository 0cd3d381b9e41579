// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { keepKeyboard } from "../../static/js/ui/keep-keyboard.js";
import { FakeElement, fakeDocument, pretendToBeABrowser } from "./ui-dom.js";

pretendToBeABrowser();

/** @type {FakeElement} */
let root;
/** @type {FakeElement} */
let row;
/** @type {FakeElement} */
let button;
let left = 0;

/** @param {() => void} change */
const keep = (change) => keepKeyboard(/** @type {any} */ (root), change, () => (left += 1));

beforeEach(() => {
  [root, row, button] = [new FakeElement("ul"), new FakeElement("li"), new FakeElement("button")];
  row.append(button);
  root.append(row, new FakeElement("li"));
  button.focus();
  left = 0;
});

test("what is hidden, with all around it or alone, disabled or taken away gives the keyboard up", () => {
  const deeds = [() => (button.hidden = true), () => (row.hidden = true), () => button.setAttribute("disabled", ""), () => row.remove()];
  for (const deed of deeds) {
    button.removeAttribute("disabled");
    button.hidden = row.hidden = false;
    root.append(row);
    button.focus();
    keep(deed);
  }
  assert.equal(left, deeds.length);
});

test("what only moves among its neighbours has the keyboard again", () => {
  keep(() => root.append(row));
  assert.equal(fakeDocument.activeElement, button);
  assert.equal(left, 0);
});

test("a keyboard that is elsewhere, or nowhere, is let alone", () => {
  for (const place of [new FakeElement("button"), null]) {
    fakeDocument.activeElement = place;
    keep(() => root.replaceChildren());
    assert.equal(fakeDocument.activeElement, place);
  }
  assert.equal(left, 0);
});

test("whoever the change itself leads elsewhere stays there", () => {
  const field = new FakeElement("input");
  root.append(field);
  keep(() => field.focus());
  assert.equal(fakeDocument.activeElement, field);
  assert.equal(left, 0);
});

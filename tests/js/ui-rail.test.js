// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { mountEmojiPicker } from "../../static/js/ui/emoji-picker.js";
import { mountRail } from "../../static/js/ui/rail.js";
import { mountRailTabs } from "../../static/js/ui/rail-tabs.js";
import { mountSeenHeight } from "../../static/js/ui/seen-height.js";
import { FakeElement, fakeDocument, fromTemplate, pretendToBeABrowser } from "./ui-dom.js";

beforeEach(pretendToBeABrowser);

/** @param {Record<string, string>} kept */
const storageWith = (kept) => ({ getItem: (/** @type {string} */ key) => kept[key] ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (kept[key] = value) });

/** The rail's tabs as the template has them. @param {Record<string, string>} kept */
function tabsWith(kept = {}) {
  const rail = fromTemplate("watchparty/room/_rail.html");
  const row = /** @type {FakeElement} */ (rail.querySelector("[role='tablist']"));
  const tabs = row.children;
  const panels = Object.fromEntries(tabs.map((tab) => [tab.getAttribute("aria-controls"), new FakeElement("section")]));
  const mounted = mountRailTabs(/** @type {any} */ ({ row, panel: (/** @type {string} */ id) => panels[id], storage: storageWith(kept) }));
  return { tabs, kept, mounted, open: () => Object.keys(panels).filter((id) => !panels[id]?.hidden), selected: () => tabs.filter((tab) => tab.getAttribute("aria-selected") === "true").map((tab) => tab.getAttribute("id")) };
}

test("the chat is open unless another tab was", () => {
  assert.deepEqual(tabsWith().open(), ["chat"]);
  assert.deepEqual(tabsWith({ "csw-rail-tab": "people-panel" }).open(), ["people-panel"]);
  assert.deepEqual(tabsWith({ "csw-rail-tab": "of-another-version" }).open(), ["chat"]);
});

test("a click and an arrow open a tab, one is Tab's stop, and it is remembered", () => {
  const { tabs, open, selected, kept } = tabsWith();
  tabs[1]?.happen("click");
  assert.deepEqual([open(), selected(), tabs.map((tab) => tab.tabIndex)], [["people-panel"], ["tab-people"], [-1, 0]]);
  assert.equal(kept["csw-rail-tab"], "people-panel");
  const event = tabs[1]?.happen("keydown", { key: "ArrowRight" });
  assert.deepEqual([open(), fakeDocument.activeElement], [["chat"], tabs[0]]);
  assert.ok(event?.defaultPrevented, "or the room would jump");
});

test("a panel that no tab has changes nothing", () => {
  const { mounted, open } = tabsWith();
  mounted.choose("queue");
  assert.deepEqual(open(), ["chat"]);
});

test("a rail put aside is opened for whoever wants to write, and stays so", () => {
  const [button, room] = [new FakeElement("button"), new FakeElement("main")];
  const kept = { "csw-rail": "closed" };
  const rail = mountRail(/** @type {any} */ ({ button, room, storage: storageWith(kept) }));
  assert.equal(room.dataset.rail, "closed");
  rail.open();
  rail.open();
  assert.deepEqual([room.dataset.rail, button.getAttribute("aria-expanded"), kept["csw-rail"]], ["open", "true", "open"]);
});

test("emoji are chosen by arrows and go into the text; Escape leads back to the box", () => {
  const [root, button] = [new FakeElement("div"), new FakeElement("button")];
  root.hidden = true;
  const choices = [..."😂🔥😮👏🎉💯👀💀"].map((emoji) => {
    const choice = new FakeElement("button");
    choice.dataset.emoji = emoji;
    root.append(choice);
    return choice;
  });
  /** @type {string[]} */
  const inserted = [];
  const picker = mountEmojiPicker(/** @type {any} */ ({ root, button, insert: (/** @type {string} */ emoji) => inserted.push(emoji), leave: () => inserted.push("left") }));
  button.happen("click");
  assert.equal(fakeDocument.activeElement, choices[0]);
  choices[0]?.happen("keydown", { key: "ArrowDown" });
  assert.equal(fakeDocument.activeElement, choices[6]);
  choices[6]?.happen("click");
  assert.ok(picker.isOpen, "one more may follow");
  choices[6]?.happen("keydown", { key: "Escape" });
  assert.deepEqual([inserted, picker.isOpen, button.getAttribute("aria-expanded")], [["👀", "left"], false, "false"]);
});

test("the layout is told what a keyboard leaves, and no longer when it is gone", () => {
  const viewport = Object.assign(new FakeElement("viewport"), { height: 420, scale: 1 });
  /** @type {string[]} */
  const done = [];
  const style = { setProperty: (/** @type {string} */ name, /** @type {string} */ value) => done.push(`${name}: ${value}`), removeProperty: (/** @type {string} */ name) => done.push(`${name} gone`) };
  mountSeenHeight(/** @type {any} */ ({ viewport, root: { style }, windowHeight: () => 760, toTop: () => done.push("top") }));
  viewport.happen("resize");
  viewport.height = 760;
  viewport.happen("resize");
  assert.deepEqual(done, ["--seen-block: 420px", "top", "--seen-block gone"]);
});

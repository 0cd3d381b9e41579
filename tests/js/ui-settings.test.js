// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountAskFirst } from "../../static/js/ui/ask-first.js";
import { changesOf, problemOf } from "../../static/js/ui/settings-changes.js";
import { mountSettingsDialog } from "../../static/js/ui/settings-dialog.js";
import { maySet } from "../../static/js/ui/wait-switch.js";
import { settingsOf } from "./room-fakes.js";
import { FakeElement, fakeDocument, fromTemplate } from "./ui-dom.js";
import { FakeParty, asDialog, pretend } from "./ui-party-fakes.js";

pretend();

const BASE = settingsOf({ title: "Demo" });
/** @param {object} [fields] @returns {any} */
const filled = (fields) => ({ ...BASE, password: "", ...fields });
/** @param {FakeElement} root @param {string} name @returns {FakeElement} */
const at = (root, name) => /** @type {FakeElement} */ (root.querySelector(`[data-part="${name}"]`));

test("only what differs is asked for, and nothing where nothing does", () => {
  assert.equal(changesOf(BASE, filled()), null);
  assert.deepEqual(changesOf(BASE, filled({ locked: true, maxUsers: 5 })), { locked: true, maxUsers: 5 });
});

test("a password is set, changed, kept and removed", () => {
  const secret = settingsOf({ title: "Demo", hasPassword: true });
  assert.deepEqual(changesOf(BASE, filled({ hasPassword: true, password: "sesame" })), { password: "sesame" });
  assert.deepEqual(changesOf(secret, filled({ hasPassword: true, password: "other" })), { password: "other" });
  assert.equal(changesOf(secret, filled({ hasPassword: true })), null);
  assert.deepEqual(changesOf(secret, filled({ hasPassword: false, password: "left over" })), { password: "" });
});

test("what the room would not take is said before it is asked", () => {
  assert.equal(problemOf(BASE, filled()), null);
  assert.equal(problemOf(BASE, filled({ title: "" }))?.field, "title");
  assert.equal(problemOf(BASE, filled({ hasPassword: true }))?.field, "password");
  assert.equal(problemOf(settingsOf({ hasPassword: true }), filled({ hasPassword: true })), null);
  for (const maxUsers of [0, 1.5, 10_001, NaN]) assert.equal(problemOf(BASE, filled({ maxUsers }))?.field, "maxUsers");
});

test("the wait switch is for hosts, and for whoever controls a room of nobody's", () => {
  const guest = { host: false, control: true, write: true, rightful: false };
  const of = (/** @type {string} */ createdBy, /** @type {object} */ may) => maySet(/** @type {any} */ ({ state: { room: { createdBy } }, may }));
  assert.equal(of("p-ada", guest), false);
  assert.equal(of("p-ada", { ...guest, host: true }), true);
  assert.equal(of("", guest), true);
  assert.equal(of("", { ...guest, control: false }), false);
});

/** @param {object} [state] */
function mounted(state) {
  const party = new FakeParty(state);
  const root = fromTemplate("watchparty/room/_dialogs_people.html");
  const dialog = asDialog(/** @type {FakeElement} */ (root.querySelector('[id="settings-dialog"]')));
  const question = asDialog(/** @type {FakeElement} */ (root.querySelector('[id="ask-first"]')));
  const [opener, home] = [new FakeElement("button"), new FakeElement("div")];
  const { ask } = mountAskFirst({ dialog: question });
  const { tells } = mountSettingsDialog(/** @type {any} */ ({ dialog, opener, home, party, ask }));
  const field = (/** @type {string} */ name) => /** @type {any} */ (dialog.querySelector(`[name="${name}"]`));
  const save = () => at(dialog, "form").happen("submit");
  const error = (/** @type {string} */ name) => dialog.querySelector(`[data-error="${name}"]`)?.textContent;
  return { party, dialog, question, opener, home, field, save, error, tells };
}

test("guests see nothing of the settings, and hosts nothing of the end", () => {
  const { party, opener, home, dialog } = mounted();
  assert.equal(opener.hidden, false);
  assert.equal(at(dialog, "end").hidden, false);
  party.change({ self: { ...party.state.self, role: "host" }, rightful: "p-ben" });
  assert.deepEqual([opener.hidden, at(dialog, "end").hidden], [false, true]);
  opener.happen("click");
  opener.focus(); // as a dialog leaves it
  party.change({ self: { ...party.state.self, role: "guest" } });
  assert.deepEqual([opener.hidden, dialog.open], [true, false]);
  assert.equal(fakeDocument.activeElement, home);
});

test("who stands in for the owner has the settings, and not the end", () => {
  const { opener, dialog } = mounted({ rightful: "p-somebody-else" });
  opener.happen("click");
  assert.deepEqual([opener.hidden, at(dialog, "end").hidden], [false, true]);
});

test("the dialog opens as the room is set, and closes once the room has taken the changes", () => {
  const { party, opener, dialog, field, save } = mounted({ settings: settingsOf({ title: "Demo", control: "ask", slowModeS: 10, locked: true }) });
  opener.happen("click");
  assert.deepEqual([field("title").value, field("control").value, field("slowModeS").value, field("locked").checked], ["Demo", "ask", "10", true]);
  field("locked").checked = false;
  field("slowModeS").value = "30";
  save();
  assert.deepEqual(party.asked, [["changeSettings", { slowModeS: 30, locked: false }]]);
  save();
  assert.equal(party.asked.length, 1, "one answer at a time");
  assert.equal(dialog.open, true);
  party.emit("answered", { ref: "ref-1", outcome: "answered" });
  assert.equal(dialog.open, false);
});

test("a refusal stands beside its field, and the dialog stays", () => {
  const { party, opener, dialog, field, save, error } = mounted();
  opener.happen("click");
  field("title").value = "Something";
  save();
  party.emit("refusal", { ref: "ref-1", code: "invalid_field", message: "Not like that.", field: "title" });
  assert.equal(error("title"), "Not like that.");
  assert.equal(field("title").getAttribute("aria-invalid"), "true");
  assert.equal(fakeDocument.activeElement, field("title"));
  assert.equal(dialog.open, true);
  save();
  party.emit("refusal", { ref: "ref-2", code: "forbidden", message: "Only hosts may do this." });
  assert.deepEqual([error("title"), error("")], ["", "Only hosts may do this."]);
});

test("a refusal is the dialog's to tell while it is open, and the film's where it was closed meanwhile", () => {
  const { opener, dialog, field, save, tells } = mounted();
  const refusal = { code: "forbidden", message: "No.", ref: "ref-1" };
  opener.happen("click");
  assert.equal(tells(refusal), false);
  field("title").value = "Something";
  save();
  assert.deepEqual([tells(refusal), tells({ ...refusal, ref: "ref-2" }), tells({ ...refusal, ref: undefined })], [true, false, false]);
  dialog.close();
  assert.equal(tells(refusal), false);
});

test("a room that can't be reached is told by the dialog alone", () => {
  const { party, opener, field, save, tells } = mounted();
  /** @type {boolean[]} */
  const told = [];
  party.changeSettings = () => (told.push(tells({ code: "offline", message: "?" })), null);
  opener.happen("click");
  field("locked").checked = true;
  save();
  assert.deepEqual(told, [true]);
});

test("without a connection nothing is lost, and it can be saved again", () => {
  const { party, opener, dialog, field, save, error } = mounted();
  opener.happen("click");
  field("locked").checked = true;
  party.reachable = false;
  save();
  assert.match(error("") ?? "", /can’t be reached/);
  party.reachable = true;
  save();
  assert.deepEqual([party.asked.length, dialog.open], [1, true]);
});

test("what another host changes meanwhile shows in the fields that nobody has touched", () => {
  const { party, opener, field, save } = mounted();
  opener.happen("click");
  field("title").value = "Mine";
  party.change({ settings: settingsOf({ title: "Theirs", locked: true }) });
  assert.deepEqual([field("title").value, field("locked").checked], ["Mine", true]);
  save();
  assert.deepEqual(party.asked, [["changeSettings", { title: "Mine" }]]);
});

test("a password is never shown, and none is left in the field", () => {
  const { opener, dialog, field } = mounted({ settings: settingsOf({ title: "Demo", hasPassword: true }) });
  opener.happen("click");
  assert.deepEqual([field("password").value, at(dialog, "password").hidden], ["", false]);
  field("password").value = "typed";
  opener.happen("click");
  assert.equal(field("password").value, "");
  field("hasPassword").checked = false;
  field("hasPassword").happen("change");
  assert.equal(at(dialog, "password").hidden, true);
});

test("the end of the party is asked first", () => {
  const { party, opener, dialog, question } = mounted();
  opener.happen("click");
  at(dialog, "end").happen("click");
  assert.equal(question.open, true);
  assert.deepEqual(party.asked, []);
  at(question, "form").happen("submit");
  assert.deepEqual(party.asked, [["endRoom"]]);
  assert.equal(dialog.open, false);
});

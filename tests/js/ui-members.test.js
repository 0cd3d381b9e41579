// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { mountAskFirst } from "../../static/js/ui/ask-first.js";
import { mountAskList } from "../../static/js/ui/ask-list.js";
import { mountControlGate } from "../../static/js/ui/control-gate.js";
import { actionsFor, badgeOf, questionFor } from "../../static/js/ui/member-actions.js";
import { mountMemberMenu } from "../../static/js/ui/member-menu.js";
import { mountPeople } from "../../static/js/ui/people.js";
import { byPerson, tellingStatus } from "../../static/js/ui/tabs-of.js";
import { settingsOf, userOf } from "./room-fakes.js";
import { FakeElement, fakeDocument, fromTemplate, piece } from "./ui-dom.js";
import { FakeParty, asDialog, pretend } from "./ui-party-fakes.js";

pretend();

const BEN = userOf("ben", { name: "Ben", color: "#2b83ba" });
const BEN_TOO = userOf("ben-2", { name: "Ben", person: BEN.person });
const HANA = userOf("hana", { name: "Hana", role: "host" });

/** @param {string} state */
const status = (state) => /** @type {any} */ ({ state, driftMs: 3 });
/** @param {FakeElement} root @param {string} name @returns {FakeElement} */
const at = (root, name) => /** @type {FakeElement} */ (root.querySelector(`[data-part="${name}"]`));

// -- Who, as rows ---------------------------------------------------------------------------

test("the tabs of a person are one row, our own first and led by this very tab", () => {
  const me = userOf("me-2", { person: "p-me" });
  const guests = byPerson([BEN, userOf("me", { person: "p-me" }), BEN_TOO, me], me);
  assert.deepEqual(guests.map(({ lead, tabs }) => [lead.id, tabs.length]), [["me-2", 2], ["ben", 2]]);
});

test("of several tabs the one that matters to others is shown", () => {
  const of = (/** @type {string[]} */ ...states) =>
    tellingStatus(states.map((_, index) => userOf(String(index))), Object.fromEntries(states.map((state, index) => [index, status(state)])))?.state;
  assert.equal(of("hidden", "synced"), "synced");
  assert.equal(of("synced", "buffering"), "buffering");
  assert.equal(of("local", "blocked"), "blocked");
  assert.equal(of(), undefined);
});

test("a badge tells owner, host, and who was given control where guests ask", () => {
  const asks = { settings: settingsOf({ control: "ask" }), granted: [BEN.person] };
  assert.equal(badgeOf(HANA, asks), "host");
  assert.equal(badgeOf(BEN, asks), "has control");
  assert.equal(badgeOf(BEN, { ...asks, settings: settingsOf() }), "");
});

// -- What may be done with them -------------------------------------------------------------

/** @param {import("../../static/js/protocol/protocol.js").Role} role @param {object} [settings] @param {string[]} [granted] @param {string} [rightful] */
function actions(role, settings, granted = [], rightful = role === "owner" ? "p-me" : "p-ada") {
  const party = new FakeParty({ settings: settingsOf(settings), granted, rightful });
  party.state.self = { ...party.state.self, role };
  return (/** @type {import("../../static/js/protocol/protocol.js").User} */ target) => actionsFor(target, party.state, party.may);
}

test("a guest may do nothing with anybody, and nobody anything with the owner or themselves", () => {
  assert.deepEqual(actions("guest")(BEN), []);
  assert.deepEqual(actions("host")(userOf("o", { role: "owner" })), []);
  assert.deepEqual(actions("owner")(userOf("me-2", { person: "p-me" })), []);
});

test("a host sees to guests, but neither demotes nor sends out a host, and hands nothing over", () => {
  assert.deepEqual(actions("host")(BEN), ["make-host", "remove", "ban"]);
  assert.deepEqual(actions("host")(HANA), []);
});

test("who stands in for the owner may do what a host may, and nothing with whose room it is", () => {
  const standIn = actions("owner", {}, [], "p-ada");
  assert.deepEqual(standIn(BEN), ["make-host", "remove", "ban"]);
  assert.deepEqual(standIn(HANA), []);
  assert.deepEqual(standIn(userOf("ada")), []);
});

test("the owner may do all of it", () => {
  assert.deepEqual(actions("owner")(BEN), ["make-host", "hand-over", "remove", "ban"]);
  assert.deepEqual(actions("owner")(HANA), ["make-guest", "hand-over", "remove", "ban"]);
});

test("where guests ask, control is given or taken back", () => {
  assert.equal(actions("host", { control: "ask" })(BEN)[0], "let-control");
  assert.equal(actions("host", { control: "ask" }, [BEN.person])(BEN)[0], "take-control");
  assert.equal(actions("owner", { control: "ask" })(HANA)[0], "make-guest");
});

test("what cannot be undone is asked first, by name", () => {
  assert.equal(questionFor("make-host", "Ben"), null);
  assert.match(questionFor("hand-over", "Ben")?.title ?? "", /Ben/);
  assert.match(questionFor("ban", "Ben")?.button ?? "", /Ban Ben/);
  assert.equal(questionFor("remove", "Ben")?.reason, true);
});

// -- The list as it is mounted --------------------------------------------------------------

/** @param {object} [state] */
function mounted(state) {
  const party = new FakeParty(state);
  const template = piece(fromTemplate("_piece_person.html"), "piece-person");
  template.content = { firstElementChild: template.content.firstElementChild };
  const [home, list, count, alone] = [new FakeElement("div"), new FakeElement("ul"), new FakeElement("p"), new FakeElement("div")];
  home.append(list, alone);
  const dialogs = fromTemplate("watchparty/room/_dialogs_people.html");
  const dialog = asDialog(/** @type {FakeElement} */ (dialogs.querySelector('[id="ask-first"]')));
  const { ask } = mountAskFirst({ dialog });
  const menu = mountMemberMenu(/** @type {any} */ ({ list, party, ask }));
  mountPeople(/** @type {any} */ ({
    list, count, alone, template, home, party, drawMenu: menu.draw,
    loop: { once: (/** @type {() => void} */ draw) => draw() },
    civilNowMs: () => 0, setInterval: () => 1, clearInterval: () => {},
  })); // prettier-ignore
  party.change({});
  const row = (/** @type {string} */ name) => /** @type {FakeElement} */ (list.children.find((one) => at(one, "name").textContent === name));
  const choose = (/** @type {string} */ name, /** @type {string} */ action) => {
    at(row(name), "more").happen("click");
    row(name).querySelector(`[data-action="${action}"]`)?.happen("click");
  };
  return { party, home, list, alone, dialog, row, choose };
}

test("two tabs are told in the row, and a room of our own two tabs is still only us", () => {
  const { party, list, alone, row } = mounted();
  assert.equal(alone.hidden, false);
  party.change({ users: [...party.state.users, userOf("me-2", { person: "p-me" })], userCount: 2 });
  assert.equal(list.children.length, 1);
  assert.equal(at(row("Ada"), "tabs").textContent, "2 tabs");
  assert.equal(alone.hidden, false);
});

test("a menu opens beneath its row, one at a time, and Escape gives the focus back", () => {
  const { party, list, row } = mounted();
  party.change({ users: [...party.state.users, BEN, HANA] });
  assert.equal(at(row("Ada"), "more").hidden, true);
  at(row("Ben"), "more").happen("click");
  assert.equal(at(row("Ben"), "menu").hidden, false);
  assert.equal(at(row("Ben"), "more").getAttribute("aria-expanded"), "true");
  at(row("Hana"), "more").happen("click");
  assert.deepEqual([at(row("Ben"), "menu").hidden, at(row("Hana"), "menu").hidden], [true, false]);
  at(row("Hana"), "menu").happen("keydown", { key: "Escape" });
  assert.equal(at(row("Hana"), "menu").hidden, true);
  assert.equal(fakeDocument.activeElement, at(row("Hana"), "more"));
  assert.equal(list.children.length, 3);
});

test("what can be undone is done at once, the rest is asked first", () => {
  const { party, dialog, choose } = mounted();
  party.change({ users: [...party.state.users, BEN] });
  choose("Ben", "make-host");
  assert.deepEqual(party.asked, [["giveRole", "ben", "host"]]);
  choose("Ben", "ban");
  assert.equal(dialog.open, true);
  assert.equal(at(dialog, "title").textContent, "Ban Ben?");
  assert.equal(party.asked.length, 1);
  at(dialog, "keep").happen("click");
  assert.equal(dialog.open, false);
  assert.equal(party.asked.length, 1);
});

test("a removal takes a word along", () => {
  const { party, dialog, choose } = mounted();
  party.change({ users: [...party.state.users, BEN] });
  choose("Ben", "remove");
  const input = /** @type {FakeElement} */ (at(dialog, "reason").querySelector("input"));
  input.value = " Spoilers. ";
  at(dialog, "form").happen("submit");
  assert.deepEqual(party.asked, [["removeMember", "ben", { reason: "Spoilers." }]]);
});

test("who is no host any more loses the menu, even while it is open", () => {
  const { party, row } = mounted();
  party.change({ users: [...party.state.users, BEN] });
  at(row("Ben"), "more").happen("click");
  party.change({ self: { ...party.state.self, role: "guest" } });
  assert.deepEqual([at(row("Ben"), "more").hidden, at(row("Ben"), "menu").hidden], [true, true]);
});

test("the keyboard stays with a person whose place in the list changes, and goes to the panel when they or their menu go", () => {
  const { party, home, row, choose } = mounted();
  const [me] = party.state.users;
  party.change({ users: [me, HANA, BEN] });
  choose("Ben", "make-host");
  const more = at(row("Ben"), "more");
  party.change({ users: [me, BEN, HANA] });
  assert.equal(fakeDocument.activeElement, more);
  party.change({ users: [me, BEN] });
  assert.equal(fakeDocument.activeElement, more);
  party.change({ users: [me, { ...BEN, role: "owner" }], self: { ...me, role: "host" } });
  assert.equal(fakeDocument.activeElement, home, "an owner has no menu");
  party.change({ users: [me, BEN], self: me });
  more.focus();
  party.change({ users: [me] });
  assert.equal(fakeDocument.activeElement, home);
});

// -- Asking for control ---------------------------------------------------------------------

function askList() {
  const party = new FakeParty({ users: [BEN, HANA], settings: settingsOf({ control: "ask" }) });
  const template = piece(fromTemplate("watchparty/room/_pieces.html"), "piece-ask");
  template.content = { firstElementChild: template.content.firstElementChild };
  const [list, home] = [new FakeElement("ul"), new FakeElement("div")];
  mountAskList(/** @type {any} */ ({ list, template, party, home }));
  return { party, list, home };
}

test("hosts see who asks, on top, and answer", () => {
  const { party, list } = askList();
  assert.equal(list.hidden, true);
  party.change({ asked: ["ben"] });
  assert.equal(list.hidden, false);
  assert.match(list.textContent, /Ben asks for control\./);
  list.querySelector('[data-grant="no"]')?.happen("click");
  list.querySelector('[data-grant="yes"]')?.happen("click");
  assert.deepEqual(party.asked, [["answerAsk", "ben", false], ["answerAsk", "ben", true]]);
  party.change({ asked: [] });
  assert.equal(list.hidden, true);
  assert.equal(list.children.length, 0);
});

test("after an answer the keyboard is on the next who asks, after the last on the panel", () => {
  const { party, list, home } = askList();
  party.change({ asked: ["ben", "hana"] });
  list.querySelector('[data-grant="yes"]')?.focus();
  party.change({ asked: ["hana"] });
  assert.equal(fakeDocument.activeElement, list.querySelector('[data-grant="yes"]'));
  party.change({ asked: [] });
  assert.equal(fakeDocument.activeElement, home);
});

test("guests see nobody's ask", () => {
  const { party, list } = askList();
  party.change({ self: BEN, asked: ["ben"] });
  assert.equal(list.hidden, true);
});

/** @param {"hosts" | "ask"} control */
function gate(control) {
  const party = new FakeParty({ self: BEN, settings: settingsOf({ control }) });
  const root = /** @type {FakeElement} */ (fromTemplate("watchparty/room/_controls.html").querySelector('[id="controls-why"]'));
  /** @type {[string, (() => void) | null][]} */
  const told = [];
  const tell = (/** @type {string} */ sentence, /** @type {(() => void) | null} */ act = null) => told.push([sentence, act]);
  const film = new FakeElement("section");
  const it = mountControlGate(/** @type {any} */ ({ root, party, tell, announce: () => {}, release: () => film.focus() }));
  let played = 0;
  const play = it.guarded(() => (played += 1));
  return { party, root, film, told, play, played: () => played, it };
}

test("a control that is not ours says who controls, and does nothing", () => {
  const { root, told, play, played, it } = gate("hosts");
  assert.equal(it.reason(), "Only hosts control this film.");
  assert.deepEqual([root.hidden, at(root, "ask").hidden], [false, true]);
  play();
  assert.equal(played(), 0);
  assert.deepEqual(told, [["Only hosts control this film.", null]]);
});

test("where guests ask, a guest asks by the button or over the film, and then waits", () => {
  const { party, root, film, told, play, played } = gate("ask");
  play();
  told[0]?.[1]?.();
  assert.deepEqual(party.asked, [["askForControl"]]);
  assert.equal(at(root, "words").textContent, "You asked. A host will answer.");
  at(root, "ask").focus();
  party.change({ asked: [], granted: [BEN.person] });
  assert.equal(root.hidden, true);
  assert.equal(fakeDocument.activeElement, film, "nothing is left to ask for");
  play();
  assert.equal(played(), 1);
});

// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Muted } from "../../static/js/room/muted.js";
import { mountChat } from "../../static/js/ui/chat.js";
import { FakeElement, fakeDocument, fromTemplate, piece, pretendToBeABrowser } from "./ui-dom.js";
import { FakeChatParty, said } from "./ui-chat-fakes.js";
import { FakeTime, fakeLoop } from "./ui-fakes.js";

/** @import { ChatMessage } from "../../static/js/protocol/protocol.js" */

beforeEach(pretendToBeABrowser);

/** A storage that is only a map. */
function storage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value) };
}

/** A mounted chat of a room with some history. @param {ChatMessage[]} history */
function chatWith(history = []) {
  const time = new FakeTime();
  const { loop, frames, frame } = fakeLoop(time);
  const party = new FakeChatParty();
  party.change({ chat: Object.freeze(history) });
  const [panel, rail, pieces] = ["_chat", "_rail", "_pieces_chat"].map((name) => fromTemplate(`watchparty/room/${name}.html`));
  const root = /** @type {FakeElement} */ (panel?.firstElementChild);
  const tab = /** @type {FakeElement} */ (rail?.querySelector("[id='tab-chat']"));
  const [opener, over] = [new FakeElement("button"), new FakeElement("div")];
  const view = { isSeen: true, isRailSeen: true, isFull: false };
  const place = new FakeElement("div");
  /** @type {string[]} */
  const told = [];
  /** @type {string[]} */
  const announced = [];
  const local = storage();
  const parts = {
    root, tab, over, openers: [opener],
    pieces: { message: piece(/** @type {FakeElement} */ (pieces), "piece-message"), muted: piece(/** @type {FakeElement} */ (pieces), "piece-muted"), over: piece(/** @type {FakeElement} */ (pieces), "piece-over") },
    party, slug: "room", storage: local, loop, now: time.now,
    away: { place, isWanted: () => view.isFull }, isSeen: () => view.isSeen, isRailSeen: () => view.isRailSeen, release: () => told.push("released"),
    tell: (/** @type {string} */ sentence) => told.push(sentence), announce: (/** @type {string} */ sentence) => announced.push(sentence),
    observeSize: () => () => {}, setTimeout: time.setTimeout, clearTimeout: time.clearTimeout,
  }; // prettier-ignore
  const chat = mountChat(/** @type {any} */ (parts));
  const drawn = () => {
    while (frames.length > 0) frame();
  };
  const find = (/** @type {string} */ selector) => /** @type {FakeElement} */ (root.querySelector(selector));
  const byPart = (/** @type {FakeElement} */ within, /** @type {string} */ name) => /** @type {FakeElement} */ (within.querySelector(`[data-part='${name}']`));
  const box = find("textarea");
  return {
    time, party, root, tab, opener, over, place, view, told, announced, local, chat, drawn, box,
    rows: () => find("[data-part='list']").children,
    part: (/** @type {string} */ name) => byPart(root, name),
    of: (/** @type {number} */ index, /** @type {string} */ name) => byPart(/** @type {FakeElement} */ (find("[data-part='list']").children.at(index)), name),
    type: (/** @type {string} */ text) => ((box.value = text), box.happen("input")),
    press: (/** @type {string} */ key, how = {}) => box.happen("keydown", { key, shiftKey: false, isComposing: false, ...how }),
    /** A message of somebody arrives and is drawn. */
    arrive: (/** @type {Parameters<typeof said>[0]} */ message) => (party.arrive(said(message)), drawn()),
    unread: () => (byPart(tab, "unread").hidden ? 0 : Number(byPart(tab, "unread").textContent)),
  }; // prettier-ignore
}

test("hostile text stays text, and only links become elements", () => {
  const text = "<img src=x onerror=alert(1)> https://a.example/ \u202Eevil";
  const { of } = chatWith([said({ id: "m1", text, name: "<b>Eve</b>" })]);
  assert.equal(of(0, "text").textContent, text);
  assert.equal(of(0, "name").textContent, "<b>Eve</b>");
  const [link] = of(0, "text").querySelectorAll("a");
  assert.deepEqual([of(0, "text").querySelectorAll("img").length, link?.parent?.tag], [0, "bdi"]);
  assert.deepEqual([/** @type {any} */ (link).href, /** @type {any} */ (link).target, /** @type {any} */ (link).rel], ["https://a.example/", "_blank", "noopener noreferrer nofollow ugc"]);
});

test("who joins finds what was written, and nothing of it is news", () => {
  const { rows, unread, part } = chatWith([said({ id: "m1" }), said({ id: "m2" })]);
  assert.equal(rows().length, 2);
  assert.equal(unread(), 0);
  assert.ok(part("empty").hidden);
});

test("a few emoji alone are large", () => {
  const { of } = chatWith([said({ id: "m1", text: "😂" }), said({ id: "m2", text: "😂 ha" })]);
  assert.deepEqual([of(0, "text").dataset.large, of(1, "text").dataset.large], ["", undefined]);
});

test("an empty room says so, and no longer once somebody has written", () => {
  const { part, arrive } = chatWith();
  assert.ok(!part("empty").hidden);
  arrive({ id: "m1" });
  assert.ok(part("empty").hidden);
});

test("what is taken back vanishes, and the keyboard stays in the list", () => {
  const { party, rows, part, drawn } = chatWith([said({ id: "m1" }), said({ id: "m2" })]);
  rows()[1]?.focus();
  party.remove("m2");
  drawn();
  assert.deepEqual(rows().map((row) => row.dataset.key), ["m1"]);
  assert.equal(fakeDocument.activeElement, part("scroll"));
});

test("a controller jumps to the moment of a message, a guest is told it", () => {
  const { party, of, told } = chatWith([said({ id: "m1", videoTime: 724 })]);
  assert.equal(of(0, "time").textContent, "12:04");
  of(0, "time").happen("click");
  assert.deepEqual([party.sought, told], [[724], []]);
  party.may = { ...party.may, control: false };
  of(0, "time").happen("click");
  assert.deepEqual([party.sought, told], [[724], ["This was written at 12:04 of the film."]]);
});

test("a moment of another film is shown no more", () => {
  const { party, of, drawn } = chatWith([said({ id: "m1" })]);
  assert.equal(of(0, "time").hidden, false);
  party.change({ chat: Object.freeze([said({ id: "m1", videoTime: null })]) });
  drawn();
  assert.equal(of(0, "time").hidden, true);
});

test("Enter sends, Shift+Enter and the Enter of a composition do not", () => {
  const { party, type, press, box } = chatWith();
  type("  hello ");
  press("Enter", { shiftKey: true });
  press("Enter", { isComposing: true });
  assert.deepEqual(party.written, []);
  press("Enter");
  assert.deepEqual(party.written, [{ text: "hello" }]);
  assert.equal(box.value, "");
  press("Enter");
  assert.equal(party.written.length, 1, "nothing is no message");
});

test("while the room can't be reached the text stays, and why is said", () => {
  const { party, type, press, box, part, announced } = chatWith();
  party.change({ phase: "reconnecting" });
  type("hello");
  press("Enter");
  assert.deepEqual([party.written, box.value], [[], "hello"]);
  assert.match(part("foot").textContent, /^Not sent: the room can’t be reached/);
  assert.equal(announced.length, 1);
  assert.match(announced[0] ?? "", /stays here/);
});

test("what the room refuses comes back before what was typed since, with its answer", () => {
  const { party, type, press, box, part, of } = chatWith([said({ id: "m1" })]);
  of(0, "reply").happen("click");
  type("first");
  press("Enter");
  type("second");
  party.emit("refusal", { code: "forbidden", message: "No.", ref: "ref-of-somebody-else" });
  assert.equal(box.value, "second");
  party.emit("refusal", { code: "unavailable", message: "Not now.", ref: "ref-1" });
  assert.equal(box.value, "first\nsecond");
  assert.equal(part("foot").textContent, "Not now.");
  assert.ok(!part("reply-to").hidden);
  party.emit("refusal", { code: "unavailable", message: "Not now.", ref: "ref-1" });
  assert.equal(box.value, "first\nsecond", "once");
});

test("slow mode gives the text back and counts down until the next may be sent", () => {
  const { party, time, type, press, box, part } = chatWith();
  party.change({ settings: { slowModeS: 30, chatBy: "everyone" } });
  assert.match(part("foot").textContent, /one message every 30 seconds/);
  type("hello");
  press("Enter");
  party.emit("refusal", { code: "ratelimit", message: "Too fast.", ref: "ref-1", retryInMs: 3200 });
  assert.equal(box.value, "hello");
  assert.match(part("foot").textContent, /in 4 seconds/);
  time.pass(1000);
  assert.match(part("foot").textContent, /in 3 seconds/);
  press("Enter");
  assert.equal(party.written.length, 1, "it would only be refused again");
  time.pass(3000);
  press("Enter");
  assert.equal(party.written.length, 2);
});

test("our own message starts the wait of slow mode, but not a host's", () => {
  const { party, type, press, part, arrive, box } = chatWith();
  party.change({ settings: { slowModeS: 30, chatBy: "everyone" } });
  type("hello");
  press("Enter");
  arrive({ id: "m1", person: "me" });
  party.emit("answered", { ref: "ref-1", outcome: "answered" });
  assert.match(part("foot").textContent, /in 30 seconds/);
  party.emit("refusal", { code: "timeout", message: "?", ref: "ref-1" });
  assert.equal(box.value, "", "what has arrived is not given back");

  const host = chatWith();
  host.party.may = { ...host.party.may, host: true };
  host.party.change({ settings: { slowModeS: 30, chatBy: "everyone" } });
  host.arrive({ id: "m1", person: "me" });
  assert.equal(host.part("foot").textContent, "");
});

test("who is sent out, or leaves, keeps what had not arrived", () => {
  const { party, type, press, box } = chatWith();
  for (const text of ["first", "second"]) {
    type(text);
    press("Enter");
  }
  party.emit("left", {});
  assert.equal(box.value, "first\nsecond");
});

test("what the room did not take is said beneath the box where that is read, and left to the film where not", () => {
  const refusal = { code: "timeout", message: "The room did not answer in time. Try again.", ref: "ref-1" };
  for (const [view, isRead] of /** @type {const} */ ([[{ isSeen: true }, true], [{ isSeen: false }, false]])) {
    const it = chatWith();
    it.type("hello");
    it.press("Enter");
    Object.assign(it.view, view);
    assert.equal(it.chat.tells({ ...refusal, ref: "of-something-else" }), false);
    assert.equal(it.chat.tells(refusal), isRead);
    it.party.emit("refusal", refusal);
    assert.deepEqual(it.announced, isRead ? [refusal.message] : []);
    assert.match(it.part("foot").textContent, /did not answer/);
    assert.equal(it.chat.tells(refusal), false, "it has been said");
  }
});

test("who writes reads what stands beneath the box, wherever the rail is, and so does who writes over the film", () => {
  const refusal = { code: "forbidden", message: "No.", ref: "ref-1" };
  const it = chatWith();
  it.type("hello");
  it.press("Enter");
  it.view.isSeen = false;
  it.box.focus();
  assert.equal(it.chat.tells(refusal), true);
  it.party.may = { ...it.party.may, write: false };
  assert.equal(it.chat.tells(refusal), false, "there is no box any more");
});

test("a room that can't be reached is told by the box alone", () => {
  const it = chatWith();
  /** @type {boolean[]} */
  const told = [];
  it.party.write = () => (told.push(it.chat.tells({ code: "offline", message: "?" })), null);
  it.type("hello");
  it.press("Enter");
  assert.deepEqual(told, [true]);
  assert.equal(it.chat.tells({ code: "offline", message: "?" }), false);
});

test("an answer to a message that is gone comes back without it", () => {
  const { party, of, type, press, part, box } = chatWith([said({ id: "m1" })]);
  of(0, "reply").happen("click");
  type("yes");
  press("Enter");
  party.emit("refusal", { code: "stale", message: "It is not here any more.", ref: "ref-1", field: "replyTo" });
  assert.deepEqual([box.value, part("reply-to").hidden], ["yes", true]);
});

test("where only hosts write a sentence stands in place of the box, and a draft survives it", () => {
  const { party, type, root, part, box } = chatWith();
  type("draft");
  party.may = { ...party.may, write: false };
  party.change({});
  assert.deepEqual([root.querySelector("form")?.hidden, part("closed").hidden], [true, false]);
  party.may = { ...party.may, write: true };
  party.change({});
  assert.deepEqual([root.querySelector("form")?.hidden, part("closed").hidden, box.value], [false, true, "draft"]);
});

test("what is too long is not sent, and by how much is told", () => {
  const { party, type, press, part, box } = chatWith();
  type("😀".repeat(501));
  press("Enter");
  assert.deepEqual([party.written.length, part("length").textContent, Array.from(box.value).length], [0, "1 too many", 501]);
});

test("an answer names whom it answers; Escape leaves the answer first and the box then", () => {
  const { party, of, type, press, part, told } = chatWith([said({ id: "m1", text: "One\nTwo" })]);
  of(0, "reply").happen("click");
  assert.match(part("reply-to").textContent, /Ada\s+One/);
  press("Escape");
  assert.ok(part("reply-to").hidden);
  assert.deepEqual(told, []);
  press("Escape");
  assert.deepEqual(told, ["released"]);
  of(0, "reply").happen("click");
  type("yes");
  press("Enter");
  assert.deepEqual(party.written, [{ text: "yes", replyTo: "m1" }]);
});

test("in full screen the box comes to the film, and goes home with what is written", () => {
  const { view, chat, place, root, box, type, press, party, told } = chatWith();
  view.isFull = true;
  chat.focus();
  assert.ok(place.contains(box) && fakeDocument.activeElement === box);
  type("hello");
  press("Enter");
  assert.deepEqual(party.written, [{ text: "hello" }]);
  assert.ok(place.contains(box), "the conversation may go on");
  press("Enter");
  assert.deepEqual(told, ["released"], "nothing more to say");
  type("draft");
  new FakeElement("stage").focus();
  assert.deepEqual([root.contains(box), box.value], [true, "draft"]);
  chat.focus();
  view.isFull = false;
  chat.look();
  assert.ok(root.contains(box) && fakeDocument.activeElement === box, "who leaves full screen writes on");
});

test("in full screen it is told over the film where only hosts write", () => {
  const { view, chat, place, party, told } = chatWith();
  party.may = { ...party.may, write: false };
  view.isFull = true;
  chat.focus();
  assert.deepEqual([told, place.children.length], [["Only hosts write here just now."], 0]);
});

test("a quote leads to what it quotes; what is gone leads nowhere", () => {
  const { of, rows, party, drawn } = chatWith([said({ id: "m1", text: "One" }), said({ id: "m2", replyTo: "m1" })]);
  assert.match(of(1, "quote").textContent, /Ada\s+One/);
  of(1, "quote").happen("click");
  assert.equal(fakeDocument.activeElement, rows()[0]);
  party.remove("m1");
  drawn();
  assert.match(of(0, "quote").textContent, /not here any more/);
  assert.equal(of(0, "quote").getAttribute("aria-disabled"), "true");
});

test("a muted person's messages fold up, are remembered so, and unfold in place", () => {
  const { of, rows, drawn, local, arrive, announced, over, view, time, unread } = chatWith([said({ id: "m1" }), said({ id: "m2" }), said({ id: "m3", person: "me" })]);
  assert.ok(of(2, "mute").hidden, "nobody mutes themselves");
  of(0, "mute").happen("click");
  drawn();
  assert.equal(rows().length, 2);
  assert.match(rows()[0]?.textContent ?? "", /Muted:\s+2 messages of\s+Ada/);
  assert.ok(new Muted({ storage: local, slug: "room" }).has("ada"));
  assert.ok(!new Muted({ storage: local, slug: "another" }).has("ada"));
  view.isSeen = view.isRailSeen = false;
  arrive({ id: "m4" });
  time.pass(10_000);
  assert.deepEqual([announced, over.children.length, unread()], [[], 0, 0]);
  of(0, "unmute").happen("click");
  drawn();
  assert.equal(rows().length, 4);
});

test("one's own can be removed, and anybody's by a host", () => {
  const { party, of, drawn } = chatWith([said({ id: "m1" }), said({ id: "m2", person: "me" })]);
  assert.deepEqual([of(0, "remove").hidden, of(1, "remove").hidden], [true, false]);
  of(1, "remove").focus();
  of(1, "remove").happen("click");
  assert.equal(fakeDocument.activeElement?.dataset.key, "m2", "its menu has left, its row is still here");
  party.may = { ...party.may, host: true };
  party.change({});
  drawn();
  of(0, "remove").happen("click");
  assert.deepEqual(party.taken, ["m2", "m1"]);
});

test("what others write while the chat is out of view is marked until it is looked at", () => {
  const { view, arrive, unread, opener, chat, tab, party, drawn } = chatWith([said({ id: "m1" })]);
  arrive({ id: "m2" });
  assert.equal(unread(), 0);
  view.isSeen = false;
  arrive({ id: "m3" });
  arrive({ id: "m4", person: "me" });
  arrive({ id: "m5" });
  assert.equal(unread(), 2);
  assert.match(tab.textContent, /, 2 unread messages/);
  assert.equal(opener.dataset.unread, "");
  party.remove("m5");
  drawn();
  assert.equal(unread(), 1, "what was taken back is no news");
  view.isSeen = true;
  chat.look();
  assert.deepEqual([unread(), opener.dataset.unread], [0, undefined]);
});

test("who reads further up is not carried away, and is told of what is new", () => {
  const { part, arrive, unread } = chatWith([said({ id: "m1" })]);
  const scroll = part("scroll");
  Object.assign(scroll, { clientHeight: 100, scrollHeight: 500, scrollTop: 0 });
  scroll.happen("scroll");
  arrive({ id: "m2" });
  assert.deepEqual([scroll.scrollTop, part("newer").hidden, unread()], [0, false, 1]);
  part("newer").happen("click");
  assert.deepEqual([scroll.scrollTop, part("newer").hidden], [500, true]);
  arrive({ id: "m3" });
  assert.deepEqual([part("newer").hidden, unread()], [true, 0]);
  scroll.scrollTop = 0;
  scroll.happen("scroll");
  arrive({ id: "m4", person: "me" });
  assert.equal(scroll.scrollTop, 500, "one's own is always seen");
});

test("over the film stand the last three for eight seconds, if the rail is out of view", () => {
  const { view, arrive, over, time, chat, party } = chatWith();
  arrive({ id: "m1" });
  assert.equal(over.children.length, 0);
  view.isRailSeen = false;
  for (const id of ["m2", "m3", "m4", "m5"]) arrive({ id, text: `<i>${id}</i>` });
  assert.deepEqual(over.children.map((one) => one.querySelector("[data-part='text']")?.textContent), ["<i>m3</i>", "<i>m4</i>", "<i>m5</i>"]);
  party.remove("m4");
  assert.equal(over.children.length, 2);
  time.pass(7999);
  assert.equal(over.children.length, 2);
  time.pass(1);
  assert.equal(over.children.length, 0);
  arrive({ id: "m6" });
  view.isRailSeen = true;
  chat.look();
  assert.equal(over.children.length, 0);
});

test("only others' messages are read out, together", () => {
  const { arrive, announced, time } = chatWith();
  arrive({ id: "m1", text: "Hi" });
  arrive({ id: "m2", person: "me" });
  arrive({ id: "m3", name: "Ben", text: "Ho" });
  time.pass(2000);
  assert.deepEqual(announced, ["2 new messages. Ben writes: Ho"]);
});

test("the list is one stop for Tab, arrows move in it, and only its row's buttons are in the way", () => {
  const { rows, of, arrive, box } = chatWith([said({ id: "m1" }), said({ id: "m2" }), said({ id: "m3", text: "https://a.example" })]);
  const stops = () => rows().map((row) => row.tabIndex);
  assert.deepEqual(stops(), [-1, -1, 0]);
  assert.deepEqual([of(0, "more").tabIndex, of(2, "more").tabIndex], [-1, 0]);
  rows()[2]?.happen("keydown", { key: "ArrowUp" });
  assert.deepEqual(stops(), [-1, 0, -1]);
  assert.deepEqual([of(1, "time").tabIndex, of(2, "more").tabIndex, of(2, "text").querySelector("a")?.tabIndex], [0, -1, -1]);
  rows()[1]?.happen("keydown", { key: "Home" });
  assert.equal(fakeDocument.activeElement, rows()[0]);
  arrive({ id: "m4" });
  assert.deepEqual(stops(), [0, -1, -1, -1], "who reads stays where they are");
  box.focus();
  arrive({ id: "m5" });
  assert.deepEqual(stops(), [-1, -1, -1, -1, 0]);
});

test("the menu opens and closes by its button, and Escape gives the keyboard back to the row", () => {
  const { of, rows } = chatWith([said({ id: "m1" })]);
  of(0, "more").happen("click");
  assert.deepEqual([of(0, "menu").hidden, of(0, "more").getAttribute("aria-expanded")], [false, "true"]);
  of(0, "mute").happen("keydown", { key: "Escape" });
  assert.deepEqual([of(0, "menu").hidden, of(0, "more").getAttribute("aria-expanded")], [true, "false"]);
  assert.equal(fakeDocument.activeElement, rows()[0]);
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { footWords, lengthWords, whyNot } from "../../static/js/ui/chat-box-words.js";
import { heardSentence } from "../../static/js/ui/chat-heard.js";
import { atEnd } from "../../static/js/ui/chat-list.js";
import { chatRows, unreadCount } from "../../static/js/ui/chat-rows.js";
import { firstLine, isOnlyEmoji, lengthOf, safeAddress, words } from "../../static/js/ui/chat-words.js";
import { commandFor } from "../../static/js/ui/keys.js";
import { nextIndex } from "../../static/js/ui/roving.js";
import { seenHeight } from "../../static/js/ui/seen-height.js";
import { said } from "./ui-chat-fakes.js";

/** @param {string} message */
const links = (message) => words(message).filter((word) => word.kind === "link").map((word) => word.text);

test("only http and https are followed, and no host hides behind an at sign", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "ftp://a.example", "//a.example", "https://", "https://:80", "www.a.example"]) assert.deepEqual(links(text), [], text);
  assert.deepEqual(links("https://bank.example@evil.example/"), []);
  assert.equal(safeAddress("javascript:alert(1)"), null);
  assert.equal(safeAddress("https://user:word@a.example"), null);
  assert.equal(safeAddress("HTTPS://A.example"), "https://a.example/");
});

test("an address within a word is none", () => {
  assert.deepEqual(links("xhttps://a.example"), []);
  assert.deepEqual(links("(https://a.example)"), ["https://a.example"]);
});

test("marks of direction and blanks that do not show end an address", () => {
  assert.deepEqual(links("https://a.example/\u202Egpj.exe"), ["https://a.example/"]);
  assert.deepEqual(links("https://a.example/\u200Bx"), ["https://a.example/"]);
});

test("the sentence keeps its own marks, the address its brackets", () => {
  assert.deepEqual(links("See https://a.example/b, then https://a.example/c."), ["https://a.example/b", "https://a.example/c"]);
  assert.deepEqual(links("(https://a.example/Film_(1927))"), ["https://a.example/Film_(1927)"]);
  assert.deepEqual(links("“https://a.example/?a=1&b=2#c”!"), ["https://a.example/?a=1&b=2#c"]);
});

test("whatever is split is the message again when joined", () => {
  for (const message of ["", "plain", "a https://a.example/x) b <img src=x onerror=alert(1)>", "https://a.example https://b.example", "\u202Ehttps://a.example\n\n"]) {
    assert.equal(words(message).map((word) => word.text).join(""), message);
  }
});

test("a few emoji alone are drawn large, figures and texts are not", () => {
  for (const message of ["😂", "👍🏽 🍿", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣"]) assert.ok(isOnlyEmoji(message), message);
  for (const message of ["", " ", "1", "*", "ha 😂", "😂😂😂😂😂😂😂"]) assert.ok(!isOnlyEmoji(message), message);
});

test("characters are counted as the server counts them, and the first line that says something is quoted", () => {
  assert.equal(lengthOf("😂é"), 2);
  assert.equal(firstLine("\n  \nOne\nTwo"), "One");
});

const viewer = { selfPerson: "me", isMuted: (/** @type {string} */ person) => person === "eve" };

test("messages of one author within five minutes are one group", () => {
  const first = chatRows(
    [said({ id: "m1" }), said({ id: "m2" }), said({ id: "m3", person: "me", name: "Me" }), said({ id: "m4" }), said({ id: "m5", timestamp: 304_000 }), said({ id: "m6", timestamp: 305_000, name: "Ada L." })],
    viewer,
  ).map((row) => row.kind === "message" && row.isFirst);
  assert.deepEqual(first, [true, false, true, true, true, true]);
});

test("our own are told apart by person, whatever tab they came from", () => {
  const [row] = chatRows([said({ id: "m1", person: "me", userId: "another-tab" })], viewer);
  assert.ok(row?.kind === "message" && row.isOwn);
});

test("neighbouring messages of a muted person are one place, which breaks the group around it", () => {
  const rows = chatRows([said({ id: "m1" }), said({ id: "m2", person: "eve", name: "Eve" }), said({ id: "m3", person: "eve", name: "Eve" }), said({ id: "m4" })], viewer);
  assert.deepEqual(rows.map((row) => (row.kind === "muted" ? [row.name, row.count] : row.isFirst)), [true, ["Eve", 2], true]);
});

test("an answer quotes the first line; what is gone or muted is not to be gone to", () => {
  const messages = [said({ id: "m1", text: "One\nTwo" }), said({ id: "m2", person: "eve" }), said({ id: "m3", replyTo: "m1" }), said({ id: "m4", replyTo: "m2" }), said({ id: "m5", replyTo: "m0" }), said({ id: "m6" })];
  const quotes = chatRows(messages, viewer).flatMap((row) => (row.kind === "message" && row.quote ? [[row.quote.id, row.quote.text]] : []));
  assert.deepEqual(quotes, [["m1", "One"], [null, "Muted"], [null, "A message that is not here any more"]]);
});

test("unread is what others wrote since, but for the muted", () => {
  const messages = [said({ id: "m1" }), said({ id: "m2", person: "eve" }), said({ id: "m3", person: "me" }), said({ id: "m4" })];
  assert.equal(unreadCount(messages, { ...viewer, seenMs: 0 }), 2);
  assert.equal(unreadCount(messages, { ...viewer, seenMs: 1000 }), 1);
});

test("the length is told from 400 characters on", () => {
  assert.deepEqual([399, 400, 500, 501].map(lengthWords), ["", "400 of 500", "500 of 500", "1 too many"]);
});

const free = { isConnected: true, slowModeS: 0, waitMs: 0, length: 3 };

test("why a message is not sent is said, and that it stays", () => {
  assert.equal(whyNot(free), "");
  assert.match(whyNot({ ...free, isConnected: false }), /stays here/);
  assert.match(whyNot({ ...free, length: 512 }), /12 characters too many/);
  assert.match(whyNot({ ...free, slowModeS: 90, waitMs: 61_200 }), /Slow mode\. You can write again in 1 minute 2 seconds\./);
  assert.match(whyNot({ ...free, waitMs: 400 }), /A little too fast\. .* 1 second\./);
});

test("beneath the box stands what holds now", () => {
  assert.equal(footWords(free), "");
  assert.match(footWords({ ...free, slowModeS: 30 }), /one message every 30 seconds/);
  assert.match(footWords({ ...free, slowModeS: 30, waitMs: 12_000 }), /in 12 seconds/);
  assert.match(footWords({ ...free, isConnected: false, waitMs: 12_000 }), /Not connected/);
});

test("what comes together is read out as one sentence, cut where it is long", () => {
  assert.equal(heardSentence([{ name: "Ada", text: "Hello." }]), "Ada writes: Hello.");
  assert.equal(heardSentence([{ name: "Ada", text: "Hello." }, { name: "Ben", text: "No" }]), "2 new messages. Ben writes: No");
  assert.equal(heardSentence([{ name: "Ada", text: "x".repeat(500) }]).length, "Ada writes: ".length + 161);
});

test("the end is in view a little before the last pixel", () => {
  assert.ok(atEnd({ scrollTop: 480, clientHeight: 500, scrollHeight: 1000 }));
  assert.ok(!atEnd({ scrollTop: 470, clientHeight: 500, scrollHeight: 1000 }));
});

test("arrows move within a line and a grid, and stay inside", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End", "k"].map((key) => nextIndex(key, 0, 24, 6)), [1, 23, 6, null, 0, 23, null]);
  assert.equal(nextIndex("ArrowDown", 20, 24, 6), null);
  assert.equal(nextIndex("ArrowDown", 0, 3), null);
});

test("a keyboard on the screen is told from toolbars and from zooming in", () => {
  assert.equal(seenHeight({ height: 700, scale: 1 }, 760), null);
  assert.equal(seenHeight({ height: 380, scale: 2 }, 760), null);
  assert.equal(seenHeight({ height: 420.4, scale: 1 }, 760), 420);
});

test("C writes, but not within a field", () => {
  const press = { key: "c", ctrlKey: false, altKey: false, metaKey: false, repeat: false };
  assert.equal(commandFor(press, { kind: "elsewhere" }), "chat");
  assert.equal(commandFor(press, { kind: "field" }), null);
  assert.equal(commandFor({ ...press, ctrlKey: true }, { kind: "elsewhere" }), null);
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { Owners, mountHouseNews } from "../../static/js/ui/house-news.js";
import { inviteWords } from "../../static/js/ui/invite.js";
import { controlReason, controlSentence, removalSentence, roleSentence, settingsSentence } from "../../static/js/ui/house-words.js";
import { settingsOf, userOf } from "./room-fakes.js";
import { FakeParty } from "./ui-party-fakes.js";

const BEN = userOf("ben", { name: "Ben" });
const ROLE = /** @type {const} */ ({ by: "Ada", own: false, name: "Ben", ofSelf: false, role: "host", reason: "given", before: null });

/** @param {Partial<import("../../static/js/room/house.js").Settings>} after */
const changed = (after) => settingsSentence("Ada", settingsOf({ title: "Demo" }), settingsOf({ title: "Demo", ...after }));

test("each change of the settings has a sentence of its own", () => {
  assert.equal(changed({ title: "Night" }), "Ada named the room “Night”.");
  assert.equal(changed({ control: "hosts" }), "Ada lets only hosts control the film.");
  assert.equal(changed({ control: "ask" }), "Ada wants guests to ask before they control the film.");
  assert.equal(changed({ waitForAll: true }), "Ada lets the film wait for whoever has to load.");
  assert.equal(changed({ locked: true }), "Ada locked the door: nobody new comes in.");
  assert.equal(changed({ hasPassword: true }), "Ada set a password for whoever comes anew.");
  assert.equal(changed({ public: true }), "Ada put the room on the public list.");
  assert.equal(changed({ maxUsers: 1 }), "Ada lets in 1 viewer at most.");
  assert.equal(changed({ chatBy: "hosts" }), "Ada lets only hosts write.");
  assert.equal(changed({ slowModeS: 10 }), "Ada turned slow mode on: one message every 10 s.");
  assert.equal(changed({ onEnd: "loop" }), "Ada lets the film begin again at its end.");
});

test("several changes at once are no wall of words, and none that can be seen is none to tell", () => {
  assert.equal(changed({ locked: true, public: true }), "Ada locked the door: nobody new comes in. Ada put the room on the public list.");
  assert.equal(changed({ locked: true, public: true, maxUsers: 5 }), "Ada changed 3 of the room’s settings.");
  assert.equal(changed({}), "");
});

test("roles are told to those who see them, who get them and who give them", () => {
  assert.equal(roleSentence(ROLE), "Ada made Ben a host.");
  assert.equal(roleSentence({ ...ROLE, own: true }), "You made Ben a host.");
  assert.equal(roleSentence({ ...ROLE, ofSelf: true, role: "guest" }), "Ada made you a guest.");
  assert.equal(roleSentence({ ...ROLE, role: "owner" }), "Ada handed the room over to Ben.");
});

test("who follows an owner, and who comes back, is told by name", () => {
  const gone = /** @type {const} */ ({ ...ROLE, by: null, role: "owner", reason: "succession" });
  assert.equal(roleSentence({ ...gone, before: "Ada" }), "Ada has left. Ben owns the room until Ada is back.");
  assert.equal(roleSentence(gone), "The owner has left. Ben owns the room until they are back.");
  assert.equal(roleSentence({ ...gone, ofSelf: true, before: "Ada" }), "Ada has left. You own the room until Ada is back.");
  assert.equal(roleSentence({ ...gone, reason: "return", name: "Ada" }), "Ada is back and owns the room again.");
});

test("control given, taken back and put off are three things", () => {
  const answer = { by: "Ada", own: false, name: "Ben", ofSelf: false, granted: true, before: false };
  assert.equal(controlSentence(answer), "Ada lets Ben control the film.");
  assert.equal(controlSentence({ ...answer, own: true }), "You let Ben control the film.");
  assert.equal(controlSentence({ ...answer, granted: false, before: true, ofSelf: true }), "Ada took control back from you.");
  assert.equal(controlSentence({ ...answer, granted: false, ofSelf: true }), "Ada asks you to leave the controls for now.");
  assert.equal(controlSentence({ ...answer, granted: false }), "");
});

test("who was sent out is told with who did it", () => {
  assert.equal(removalSentence({ by: "Ada", own: false, name: "Ben", ban: false }), "Ada removed Ben.");
  assert.equal(removalSentence({ by: null, own: true, name: "Ben", ban: true }), "You banned Ben.");
});

test("where the film is not ours to control, there is a reason", () => {
  assert.equal(controlReason(settingsOf({ control: "hosts" }), { control: false }), "Only hosts control this film.");
  assert.equal(controlReason(settingsOf({ control: "ask" }), { control: false }), "Guests ask before they control this film.");
  assert.equal(controlReason(settingsOf({ control: "ask" }), { control: true }), null);
  assert.equal(controlReason(null, { control: false }), null);
});

test("an invitation says what else it takes to come in", () => {
  assert.match(inviteWords(settingsOf({ locked: true, hasPassword: true })), /locked/);
  assert.match(inviteWords(settingsOf({ hasPassword: true })), /password/);
  assert.equal(inviteWords(null), "Whoever opens this link can come in.");
});

// -- Told over the film ---------------------------------------------------------------------

/** @param {object} [state] */
function news(state) {
  const party = new FakeParty(state);
  /** @type {{sentence: string, back: (() => void) | null | undefined, label: string | undefined}[]} */
  const told = [];
  /** @type {string[]} */
  const spoken = [];
  mountHouseNews(/** @type {any} */ ({
    party,
    tell: (/** @type {string} */ sentence, /** @type {() => void} */ back, /** @type {string} */ label) => told.push({ sentence, back, label }),
    announce: (/** @type {string} */ sentence) => spoken.push(sentence),
  }));
  return { party, told, spoken };
}

test("a host may undo what another changed, a guest and oneself are offered nothing", () => {
  const change = { by: BEN, before: settingsOf(), settings: settingsOf({ locked: true }) };
  const { party, told, spoken } = news();
  party.emit("settings", { ...change, own: true });
  assert.equal(told.length, 0);
  party.emit("settings", { ...change, own: false });
  told[0]?.back?.();
  assert.deepEqual(party.asked, [["changeSettings", { locked: false }]]);
  assert.deepEqual(spoken, ["Ben locked the door: nobody new comes in."]);
  const guest = news({ self: BEN });
  guest.party.emit("settings", { ...change, own: false });
  assert.equal(guest.told[0]?.back, null);
});

test("nobody can give a password back that somebody took away", () => {
  const { party, told } = news();
  party.emit("settings", { by: BEN, own: false, before: settingsOf({ hasPassword: true }), settings: settingsOf({ locked: true }) });
  assert.equal(told[0]?.back, null);
});

test("a role that we gave can be undone, a room that was handed over cannot", () => {
  const { party, told } = news();
  const given = { by: party.state.self, own: true, user: BEN, ofSelf: false, reason: /** @type {const} */ ("given"), before: null };
  party.emit("role", { ...given, role: "host" });
  told[0]?.back?.();
  assert.deepEqual(party.asked, [["giveRole", "ben", "guest"]]);
  party.emit("role", { ...given, role: "owner" });
  assert.equal(told[1]?.back, null);
});

test("no host and nobody who stands in is offered to make a guest of a host again, which the room would refuse", () => {
  for (const role of /** @type {const} */ (["host", "owner"])) {
    const self = userOf("me", { role });
    const { party, told } = news({ self, rightful: "p-somebody-else" });
    party.emit("role", { by: self, own: true, user: BEN, ofSelf: false, reason: "given", before: null, role: "host" });
    assert.equal(told[0]?.back, null);
  }
});

test("who asks for control can be let over the film", () => {
  const { party, told } = news();
  party.emit("asked", BEN);
  assert.deepEqual([told[0]?.sentence, told[0]?.label], ["Ben asks for control.", "Let them"]);
  told[0]?.back?.();
  assert.deepEqual(party.asked, [["answerAsk", "ben", true]]);
});

test("our own removal is told by the page that follows, not over the film", () => {
  const { party, told } = news();
  party.emit("removed", { by: BEN, own: false, user: party.state.self, ofSelf: true, ban: false });
  assert.deepEqual(told, []);
});

test("the owner who left is remembered by name", () => {
  const owners = new Owners();
  const ada = userOf("ada", { name: "Ada", role: "owner" });
  owners.note([ada, BEN]);
  owners.note([BEN]);
  assert.equal(owners.before, null);
  owners.note([{ ...BEN, role: "owner" }]);
  assert.equal(owners.before, "Ada");
});

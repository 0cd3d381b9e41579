// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { MESSAGES_KEPT, Talk } from "../../static/js/room/talk.js";
import { eventOf, messageOf, partyWorld, snapshotOf, videoOf } from "./room-fakes.js";

function entered() {
  const world = partyWorld();
  world.enter();
  return world;
}

/** @param {number} seq @param {object} [fields] */
function said(seq, fields = {}) {
  return { type: "chat:message", ...messageOf(`m${seq}`), epoch: "e1", seq, by: "bo", ...fields };
}

test("a snapshot brings what was written, frozen, and what comes later follows", () => {
  const { party, newest } = entered();
  newest().receive({ ...snapshotOf(videoOf({ seq: 6 })), chat: [messageOf("m5"), messageOf("m6")] });
  newest().receive(said(7));
  assert.deepEqual(party.state.chat.map(({ id }) => id), ["m5", "m6", "m7"]);
  assert.ok(Object.isFrozen(party.state.chat) && party.state.chat.every(Object.isFrozen));
});

test("a message is told with who wrote it, and holds nothing of its event", () => {
  const { party, newest, toldOf } = entered();
  newest().receive(said(6, { text: "Hello" }));
  const [told] = toldOf("chat");
  assert.equal(told.by.name, "Bo");
  assert.equal(told.own, false);
  assert.deepEqual(told.message, messageOf("m6", { text: "Hello" }));
  assert.equal(party.state.chat[0], told.message);
});

test("a message that was taken back is shown to nobody any more", () => {
  const { party, newest, toldOf } = entered();
  newest().receive(said(6));
  newest().receive(said(7));
  newest().receive({ type: "chat:removed", messageId: "m6", epoch: "e1", seq: 8, by: "bo" });
  assert.deepEqual(party.state.chat.map(({ id }) => id), ["m7"]);
  assert.deepEqual(toldOf("chat-removed").map(({ messageId, own }) => [messageId, own]), [["m6", false]]);
});

test("what was taken back while we were away does not stay in view", () => {
  const { party, newest } = entered();
  newest().receive(said(6));
  newest().receive(said(9));
  newest().receive({ ...snapshotOf(videoOf({ seq: 8 })), chat: [messageOf("m8")] });
  assert.deepEqual(party.state.chat.map(({ id }) => id), ["m8", "m9"]);
});

test("what was written with one film has no moment in another", () => {
  const { party, newest } = entered();
  newest().receive(said(6, { videoTime: 12.5 }));
  newest().receive(eventOf({ seq: 7, isPlaying: true }));
  assert.equal(party.state.chat[0]?.videoTime, 12.5, "the same film");
  const source = { id: "s8", kind: "file", url: "https://films.example/new.mp4", title: "New", duration: null, poster: null };
  newest().receive(eventOf({ seq: 8, source: /** @type {any} */ (source) }));
  newest().receive(said(9, { videoTime: 1.5 }));
  assert.deepEqual(party.state.chat.map(({ videoTime }) => videoTime), [null, 1.5]);
});

test("only the newest messages are kept", () => {
  const talk = new Talk();
  for (let seq = 1; seq <= MESSAGES_KEPT + 3; seq += 1) talk.apply(said(seq));
  assert.equal(talk.messages.length, MESSAGES_KEPT);
  assert.equal(talk.messages[0]?.id, "m4");
});

test("another room begins without a word", () => {
  const { party, newest } = entered();
  newest().receive(said(6));
  party.join({ roomId: "other", name: "Ada" });
  assert.deepEqual(party.state.chat, []);
});

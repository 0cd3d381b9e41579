// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { REQUEST_PATIENCE_MS } from "../../static/js/room/requests.js";
import { messageOf, partyWorld, snapshotOf, videoOf } from "./room-fakes.js";

function entered(video = {}) {
  const world = partyWorld();
  world.enter(video);
  const { newest, time } = world;
  const comeBack = () => {
    newest().end(1006);
    time.advance(400);
    newest().open();
    newest().receive({ type: "user:self", ...world.party.state.self, ticket: "let-ada-in" });
  };
  return { ...world, comeBack };
}

/** @param {string} ref @param {number} [seq] */
function said(ref, seq = 6) {
  return { type: "chat:message", ...messageOf(`m${seq}`, { userId: "ada", person: "p-ada", text: "Hello" }), epoch: "e1", seq, by: "ada", ref };
}

test("a message carries its reference, where the film is, and what it answers", () => {
  const { party, newest } = entered();
  party.setPositionSource(() => 42.5);
  const ref = party.write("Hello", { replyTo: "m3" });
  assert.deepEqual(newest().sent.at(-1), { type: "chat:send", text: "Hello", replyTo: "m3", videoTime: 42.5, ref });
});

test("a message without a player of ours is stamped with where the room is", () => {
  const { party, newest } = entered({ currentTime: 12 });
  party.write("Hello");
  const [sent] = newest().sentOf("chat:send");
  assert.equal(sent.videoTime, 12);
  assert.equal("replyTo" in sent, false);
});

test("without a connection nothing is sent, nothing is kept, and the viewer is told", () => {
  const { party, newest, toldOf, comeBack, admit } = entered();
  newest().end(1006);
  assert.equal(party.write("Hello"), null);
  assert.deepEqual(toldOf("refusal").map(({ code, ref }) => [code, ref]), [["offline", undefined]]);
  comeBack();
  admit();
  assert.deepEqual(newest().sentOf("chat:send"), []);
});

test("the room's event answers a request, once", () => {
  const { party, newest, time, toldOf } = entered();
  const ref = /** @type {string} */ (party.write("Hello"));
  newest().receive(said(ref));
  newest().receive(said(ref));
  assert.deepEqual(toldOf("answered"), [{ ref, outcome: "answered" }]);
  assert.deepEqual(party.state.chat.map(({ text }) => text), ["Hello"]);
  assert.deepEqual(toldOf("chat").map(({ own, ref: told }) => [own, told]), [[true, ref]]);
  time.advance(REQUEST_PATIENCE_MS);
  assert.deepEqual(toldOf("refusal"), []);
});

test("somebody else's event with the same reference is no answer", () => {
  const { party, newest, toldOf } = entered();
  const ref = /** @type {string} */ (party.write("Hello"));
  newest().receive({ ...said(ref), by: "bo" });
  assert.deepEqual(toldOf("answered"), []);
});

test("a refusal carries the reference, so that what was typed comes back", () => {
  const { party, newest, toldOf } = entered();
  const ref = party.write("Hello");
  newest().receive({ type: "error", code: "forbidden", message: "Only hosts write here.", ref });
  assert.deepEqual(toldOf("refusal"), [{ code: "forbidden", message: "Only hosts write here.", ref, field: undefined }]);
  assert.deepEqual(toldOf("answered"), [{ ref, outcome: "refused" }]);
});

test("slow mode says how long to wait", () => {
  const { party, newest, toldOf } = entered();
  const ref = party.write("Hello");
  newest().receive({ type: "error:ratelimit", action: "chat", retryIn: 4200, ref });
  const [refusal] = toldOf("refusal");
  assert.deepEqual([refusal.code, refusal.ref, refusal.retryInMs], ["ratelimit", ref, 4200]);
  assert.deepEqual(toldOf("ratelimit"), []);
});

test("a request that nobody answers is given up, and the viewer is told", () => {
  const { party, time, toldOf } = entered();
  const ref = party.giveRole("bo", "host");
  time.advance(REQUEST_PATIENCE_MS - 1);
  assert.deepEqual(toldOf("refusal"), []);
  time.advance(1);
  assert.deepEqual(toldOf("refusal").map((refusal) => [refusal.code, refusal.ref]), [["timeout", ref]]);
  assert.deepEqual(toldOf("answered"), [{ ref, outcome: "timeout" }]);
});

test("on a new connection open requests are repeated as they were, and answered ones are not", () => {
  const { party, newest, comeBack, admit } = entered();
  const answered = /** @type {string} */ (party.write("Hello"));
  newest().receive(said(answered));
  const open = party.write("Again");
  const first = newest().sent.at(-1);
  comeBack();
  admit({ seq: 6 });
  assert.deepEqual(newest().sentOf("chat:send"), [first]);
  assert.equal(first.ref, open);
});

test("what the snapshot of the new connection holds already is not shown twice by the repeat's answer", () => {
  const { party, newest, comeBack, toldOf } = entered();
  const ref = /** @type {string} */ (party.write("Hello"));
  const event = said(ref);
  comeBack();
  const { type, epoch, seq, by, ref: _, ...message } = event;
  newest().receive({ ...snapshotOf(videoOf({ seq: 6 })), chat: [message] });
  newest().receive(event);
  assert.deepEqual(party.state.chat.map(({ text }) => text), ["Hello"]);
  assert.deepEqual(toldOf("answered"), [{ ref, outcome: "answered" }]);
});

test("what was missed answers a request, which is then not repeated", () => {
  const { party, newest, comeBack, toldOf } = entered();
  const ref = /** @type {string} */ (party.write("Hello"));
  comeBack();
  const { videoState, ...rest } = snapshotOf(videoOf({ seq: 6 }));
  newest().receive({ ...rest, events: [said(ref)] });
  assert.deepEqual(newest().sentOf("chat:send"), []);
  assert.deepEqual(toldOf("answered"), [{ ref, outcome: "answered" }]);
  assert.deepEqual(party.state.chat.map(({ text }) => text), ["Hello"]);
});

test("who leaves waits for no answer any more", () => {
  const { party, time, toldOf } = entered();
  party.write("Hello");
  party.leave();
  time.advance(REQUEST_PATIENCE_MS);
  assert.deepEqual(toldOf("refusal"), []);
  assert.equal(time.pending, 0);
});

test("each thing to ask goes out under its own name", () => {
  const { party, newest } = entered();
  party.takeBack("m1");
  party.giveRole("bo", "owner");
  party.removeMember("bo", { ban: true, reason: "Spoilers." });
  party.removeMember("bo");
  party.answerAsk("bo", true);
  party.changeSettings({ password: "", locked: true });
  party.endRoom();
  assert.deepEqual(newest().sent.slice(1).map(({ ref, ...message }) => message), [
    { type: "chat:remove", messageId: "m1" },
    { type: "member:role", userId: "bo", role: "owner" },
    { type: "member:remove", userId: "bo", ban: true, reason: "Spoilers." },
    { type: "member:remove", userId: "bo", ban: false },
    { type: "member:answer", userId: "bo", grant: true },
    { type: "room:settings", password: "", locked: true },
    { type: "room:close" },
  ]);
});

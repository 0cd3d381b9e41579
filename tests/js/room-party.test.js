// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADA, BO, eventOf, partyWorld, snapshotOf, videoOf } from "./room-fakes.js";

const JOIN = { roomId: "demo", name: "Ada", color: "#2b83ba" };
function entered(video = {}) {
  const world = partyWorld();
  world.enter(video);
  return world;
}

// -- Joining --------------------------------------------------------------------------------

test("a name that the server refuses leaves the viewer at the door, on the same socket", () => {
  const { party, newest, connections, toldOf, admit } = partyWorld();
  party.join(JOIN);
  newest().open();
  newest().receive({ type: "error", code: "invalid_field", message: "Too long.", field: "name" });
  assert.equal(party.state.phase, "idle");
  assert.deepEqual(toldOf("refusal"), [
    { code: "invalid_field", message: "Too long.", ref: undefined, field: "name" },
  ]);
  party.join({ ...JOIN, name: "A" });
  newest().open();
  admit();
  assert.equal(party.state.phase, "joined");
  assert.equal(connections.length <= 2, true);
});

test("a time zone that the server does not know keeps nobody out", () => {
  const { party, newest, admit, toldOf } = partyWorld();
  party.join({ ...JOIN, timezone: "Etc/Unknown" });
  newest().open();
  newest().receive({ type: "error", code: "invalid_field", message: "There is no such time zone.", field: "timezone" });
  const [first, second] = newest().sent;
  assert.equal(first.timezone, "Etc/Unknown");
  assert.deepEqual({ ...second, timezone: first.timezone }, first);
  assert.equal("timezone" in second, false);
  admit();
  assert.equal(party.state.phase, "joined");
  assert.deepEqual(toldOf("refusal"), []);
});

test("a viewer sent away stays away and is told why", () => {
  const { party, newest, time, connections, toldOf } = entered();
  newest().receive({ type: "error", code: "banned", message: "Bo banned you." });
  newest().end(4403);
  time.advance(60_000);
  const gone = { code: 4403, errorCode: "banned", message: "Bo banned you.", reason: null, retryAtMs: null };
  assert.equal(party.state.phase, "gone");
  assert.deepEqual(party.state.gone, gone);
  assert.deepEqual(toldOf("left"), [{ gone }]);
  assert.equal(connections.length, 1);
});

test("who was sent away may ask again", () => {
  const { party, newest, connections, admit } = entered();
  newest().end(4409);
  party.join(JOIN);
  assert.equal(party.state.phase, "connecting");
  assert.equal(party.state.gone, null);
  assert.equal(connections.length, 2);
  newest().open();
  assert.equal(newest().sent[0].ticket, "let-ada-in");
  admit();
  assert.equal(party.state.phase, "joined");
});

test("a room that cannot be reached just now is asked again later", () => {
  const { party, newest, time, toldOf, connections } = partyWorld();
  party.join(JOIN);
  newest().open();
  newest().receive({ type: "error", code: "unavailable", message: "Store away." });
  assert.equal(party.state.phase, "connecting");
  time.advance(400);
  assert.equal(connections.length, 2);
  assert.deepEqual(toldOf("refusal"), []);
});

test("joining too often waits as long as the server asks", () => {
  const { party, newest, time } = partyWorld();
  party.join(JOIN);
  newest().open();
  newest().receive({ type: "error:ratelimit", action: "roomJoin", retryIn: 1500 });
  time.advance(1499);
  assert.equal(newest().sentOf("room:join").length, 1);
  time.advance(1);
  assert.equal(newest().sentOf("room:join").length, 2);
});

test("a server that does not answer the join is replaced after 5 s", () => {
  const { party, newest, time, connections } = partyWorld();
  party.join(JOIN);
  newest().open();
  time.advance(5000);
  assert.equal(connections[0]?.closed, true);
  time.advance(400);
  assert.equal(connections.length, 2);
});

test("a socket closed for not joining is opened anew by the next join", () => {
  const { party, newest, connections } = partyWorld();
  party.join(JOIN);
  newest().open();
  newest().end(4000);
  assert.equal(party.state.phase, "idle");
  party.join(JOIN);
  assert.equal(connections.length, 2);
});

test("joining brings the state, once", () => {
  const { party, newest, toldOf } = entered({ currentTime: 12 });
  assert.deepEqual(newest().sent, [
    { type: "room:join", roomId: "demo", name: "Ada", color: "#2b83ba", tab: "tab-of-ada" },
  ]);
  assert.equal(party.state.phase, "joined");
  assert.equal(party.state.self?.id, "ada");
  assert.equal(party.state.ticket, "let-ada-in");
  assert.equal(party.state.room?.title, "Demo");
  assert.equal(party.state.video?.currentTime, 12);
  assert.deepEqual(party.state.users.map(({ name }) => name), ["Ada", "Bo"]);
  assert.deepEqual(toldOf("joined"), [{ self: ADA, again: false }]);
  party.join(JOIN);
  assert.equal(newest().sent.length, 1);
});

test("the state is frozen, and told of only when it changed", () => {
  const { party, newest } = entered();
  let changes = 0;
  const unsubscribe = party.subscribe(() => (changes += 1));
  assert.throws(() => Object.assign(party.state, { phase: "gone" }), TypeError);
  newest().receive({ type: "server:time", timestamp: 1, civilOffsetMs: 2, generation: 1, errorMs: 0 });
  newest().receive({ type: "user:left", userId: "nobody" });
  assert.equal(changes, 0);
  newest().receive({ type: "user:left", userId: "bo" });
  assert.equal(changes, 1);
  unsubscribe();
  newest().receive({ type: "user:joined", ...BO });
  assert.equal(changes, 1);
});

test("leaving says goodbye, closes, and stays away", () => {
  const { party, newest, time, connections, toldOf } = entered();
  party.leave();
  assert.equal(newest().sent.at(-1)?.type, "room:leave");
  assert.equal(newest().closed, true);
  assert.equal(party.state.phase, "idle");
  assert.equal(party.state.video, null);
  assert.deepEqual(toldOf("left"), [{ gone: null }]);
  time.advance(60_000);
  assert.equal(connections.length, 1);
  assert.equal(time.pending, 0);
});

test("another room begins from nothing", () => {
  const { party, newest, connections } = entered();
  party.join({ ...JOIN, roomId: "other" });
  assert.equal(connections.length, 2);
  assert.equal(party.state.video, null);
  newest().open();
  assert.equal(newest().sent[0].resume, undefined);
  assert.equal(newest().sent[0].ticket, undefined);
});

// -- Coming back ----------------------------------------------------------------------------

test("a lost connection keeps the film going and comes back with ticket, tab and position", () => {
  const { party, newest, time, toldOf, admit } = entered({ isPlaying: true });
  newest().end(1006);
  assert.equal(party.state.phase, "reconnecting");
  assert.equal(party.state.retryAtMs, time.nowMs + 300);
  assert.equal(party.playhead()?.playing, true);
  time.advance(300);
  newest().open();
  const [join] = newest().sent;
  assert.equal(join.ticket, "let-ada-in");
  assert.equal(join.tab, "tab-of-ada");
  assert.deepEqual(join.resume, { epoch: "e1", seq: 5 });
  admit({ seq: 9, currentTime: 40 });
  assert.equal(party.state.phase, "joined");
  assert.equal(party.state.retryAtMs, null);
  assert.equal(party.state.video?.currentTime, 40);
  assert.equal(toldOf("joined").at(-1).again, true);
});

test("what an earlier connection brought is not laid over a newer one's snapshot", () => {
  const { party, newest, time, admit } = entered();
  newest().receive(eventOf({ seq: 6, currentTime: 60 }));
  newest().end(1006);
  time.advance(400);
  newest().open();
  admit({ seq: 5, currentTime: 50 });
  assert.equal(party.state.video?.currentTime, 50);
});

test("missed events in place of a snapshot are applied in order", () => {
  const { party, newest, time, toldOf } = entered();
  newest().end(1006);
  time.advance(400);
  newest().open();
  const { videoState, ...rest } = snapshotOf(videoOf({ seq: 7 }));
  const events = [
    eventOf({ seq: 6, isPlaying: true, by: "bo" }),
    eventOf({ seq: 7, isPlaying: false, currentTime: 3, by: "bo" }),
  ];
  newest().receive({ ...rest, events });
  assert.equal(party.state.phase, "joined");
  assert.equal(party.state.video?.seq, 7);
  assert.deepEqual(toldOf("action").map(({ kind }) => kind), ["play", "pause"]);
});

test("a control answered while away is settled by the missed events, another is asked again", () => {
  const { party, newest, time, toldOf } = entered();
  const answered = /** @type {string} */ (party.play());
  const open = /** @type {string} */ (party.seek(7));
  newest().end(1006);
  time.advance(400);
  newest().open();
  const { videoState, ...rest } = snapshotOf(videoOf({ seq: 6 }));
  newest().receive({ ...rest, events: [eventOf({ seq: 6, isPlaying: true, by: "ada", ref: answered })] });
  assert.deepEqual(toldOf("settled"), [{ ref: answered, outcome: "answered" }]);
  assert.deepEqual(newest().sentOf("video:play"), []);
  assert.equal(newest().sentOf("video:seek")[0].ref, open);
});

test("a name changed meanwhile is the one to come back with", () => {
  const { newest, time } = entered();
  newest().receive({ type: "user:updated", ...ADA, name: "Ada L.", color: "#000000" });
  newest().end(1006);
  time.advance(400);
  newest().open();
  assert.equal(newest().sent[0].name, "Ada L.");
  assert.equal(newest().sent[0].color, "#000000");
});

test("a server that has forgotten us is joined anew", () => {
  const { party, newest, time, connections } = entered();
  newest().receive({ type: "error", code: "not_joined", message: "Join first." });
  assert.equal(party.state.phase, "reconnecting");
  time.advance(400);
  assert.equal(connections.length, 2);
});

// -- Order ----------------------------------------------------------------------------------

test("a gap asks for a snapshot and applies nothing newer until it comes", () => {
  const { party, newest } = entered();
  newest().receive(eventOf({ seq: 7, currentTime: 70 }));
  newest().receive(eventOf({ seq: 8, currentTime: 80 }));
  assert.equal(party.state.video?.seq, 5);
  assert.equal(newest().sentOf("room:sync").length, 1);
  newest().receive(snapshotOf(videoOf({ seq: 7, currentTime: 70 })));
  assert.equal(party.state.video?.seq, 8);
  assert.equal(party.state.video?.currentTime, 80);
});

test("another epoch asks for a snapshot, which replaces everything", () => {
  const { party, newest, toldOf } = entered();
  newest().receive(eventOf({ epoch: "e2", seq: 1 }));
  assert.equal(newest().sentOf("room:sync").length, 1);
  newest().receive(snapshotOf(videoOf({ epoch: "e2", seq: 1, currentTime: 33 })));
  assert.equal(party.state.video?.epoch, "e2");
  assert.equal(toldOf("joined").length, 1);
});

test("a snapshot that does not come is asked for again, but not on a lost connection", () => {
  const { newest, time, connections } = entered();
  newest().receive(eventOf({ seq: 7 }));
  time.advance(2000);
  assert.equal(newest().sentOf("room:sync").length, 2);
  newest().end(1006);
  time.advance(6000);
  assert.ok(connections.slice(1).every((connection) => connection.sent.length === 0));
});

test("ordered events of a kind not known here are counted all the same", () => {
  const { party, newest } = entered();
  newest().receive({ type: "chat:message", epoch: "e1", seq: 6, by: "bo", text: "hi" });
  newest().receive(eventOf({ seq: 7, currentTime: 70 }));
  assert.equal(party.state.video?.currentTime, 70);
  assert.equal(newest().sentOf("room:sync").length, 0);
});

test("who did what is told once the room has decided it", () => {
  const { newest, clock, toldOf } = entered({ isPlaying: true, serverTimestamp: 1000 });
  const at = clock.now();
  const playing = { isPlaying: true, serverTimestamp: at };
  newest().receive(eventOf({ ...playing, seq: 6, currentTime: (at - 1000) / 1000, rate: 1, by: "ada", duration: null }));
  newest().receive(eventOf({ ...playing, seq: 7, currentTime: 40, by: "bo" }));
  newest().receive(eventOf({ ...playing, seq: 8, currentTime: 40, by: "bo" }));
  newest().receive(eventOf({ ...playing, seq: 9, currentTime: 40, rate: 1.5, by: "bo" }));
  newest().receive(eventOf({ seq: 10, currentTime: 40, rate: 1.5, by: "ada" }));
  newest().receive(eventOf({ seq: 11, isPlaying: true, currentTime: 40, rate: 1.5, by: null }));
  const actions = toldOf("action").map(({ kind, by, own }) => [kind, by?.name ?? null, own]);
  assert.deepEqual(actions.slice(-4), [
    ["seek", "Bo", false],
    ["rate", "Bo", false],
    ["pause", "Ada", true],
    ["play", null, false],
  ]);
});

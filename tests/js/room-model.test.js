// @ts-check
/** Whatever the network does, all browsers end with the room's own state, and whatever was asked has one outcome. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromVideoState } from "../../static/js/playback/playhead.js";
import { Party } from "../../static/js/room/party.js";
import { RoomSocket } from "../../static/js/room/socket.js";
import { FakeServer, NO_FAULTS } from "./room-fake-server.js";
import { mulberry32 } from "../../static/js/clock/simulated.js";
import { FakeConnection, FakeTime } from "./room-fakes.js";

const RUNS = 60;
const STEPS_PER_RUN = 120;
/** After the last fault: the longest back-off, and time to join and to ask for a snapshot. */
const CALM_MS = 20_000;
const ANSWER_MS = 3000;

/** @import { VideoState } from "../../static/js/protocol/protocol.js" */

/** @param {string} userId @param {{time: FakeTime, random: () => number, server: FakeServer}} world */
function viewer(userId, { time, random, server }) {
  const witness = new Witness();
  class WebSocket extends FakeConnection {
    /** @param {string} url */
    constructor(url) {
      super(url);
      server.accept(this, userId);
      const send = this.send;
      /** @type {Set<string>} */
      const answered = new Set();
      this.send = (/** @type {string} */ text) => {
        if (JSON.parse(text).type === "video:ready") {
          const question = `${party.state.waiting?.epoch} ${JSON.parse(text).seq}`;
          assert.ok(!answered.has(question), `${userId} is ready for ${question} twice`);
          answered.add(question);
        }
        send(text);
      };
    }

    /** @override @param {object} message */
    receive(message) {
      witness.see(message);
      super.receive(message);
    }
  }
  const { now, setTimeout, clearTimeout } = time;
  const timers = { now, setTimeout, clearTimeout };
  const socket = new RoomSocket({ ...timers, url: "ws://x.test/", WebSocket: /** @type {any} */ (WebSocket), random });
  const clock = { locked: true, civilOffsetMs: 0, now };
  const newRef = () => `${userId}-${random()}`;
  const party = new Party({ ...timers, socket, clock, newRef });
  /** @type {Map<string, string[]>} */
  const outcomes = new Map();
  party.on("control", ({ ref }) => outcomes.set(ref, []));
  party.on("settled", ({ ref, outcome }) => outcomes.get(ref)?.push(outcome));
  party.on("answered", ({ ref, outcome }) => outcomes.get(ref)?.push(outcome));
  party.subscribe(({ video }) => witness.check(video));
  party.on("action", ({ video }) => {
    assert.equal(JSON.stringify(video), server.history.get(`${video.epoch} ${video.seq}`));
  });
  party.join({ roomId: "demo", name: userId });
  /** References of what was written. @type {string[]} */
  const written = [];
  return { party, outcomes, written };
}

/** Sees what reaches one viewer and checks what becomes of it. */
class Witness {
  /** @type {VideoState | null} */
  #last = null;
  #seen = new Set();
  #isSnapshot = false;

  /** @param {any} message */
  see({ type, epoch, seq, videoState, events }) {
    this.#isSnapshot = videoState !== undefined;
    if (seq !== undefined && type !== "room:joined") this.#seen.add(`${epoch} ${seq}`);
    // A snapshot contains the waits after its video's own seq.
    for (let inside = videoState?.seq ?? seq; inside <= seq; inside += 1) if (videoState) this.#seen.add(`${epoch} ${inside}`);
    for (const event of events ?? []) this.#seen.add(`${event.epoch} ${event.seq}`);
  }

  /** Snapshots may jump ahead; events lead on one by one, none left out; nothing leads back. @param {VideoState | null} video */
  check(video) {
    const last = this.#last;
    this.#last = video;
    if (!video || !last || video === last) return;
    if (video.epoch === last.epoch) assert.ok(video.seq >= last.seq, `${last.seq} → ${video.seq}`);
    if (this.#isSnapshot) return;
    assert.equal(video.epoch, last.epoch);
    for (let seq = last.seq + 1; seq <= video.seq; seq += 1) assert.ok(this.#seen.has(`${video.epoch} ${seq}`));
  }
}

/** @param {ReturnType<typeof viewer>} viewer @param {() => number} random */
function act({ party, outcomes, written }, random) {
  const choice = random();
  if (choice < 0.7) return control(party, random);
  const writes = choice < 0.95;
  const who = random() < 0.5 ? "a" : "b";
  const ref = writes ? party.write(`words ${random()}`) : party.giveRole(who, random() < 0.5 ? "owner" : "host");
  if (ref) outcomes.set(ref, []);
  if (ref && writes) written.push(ref);
}

/** @param {Party} party @param {() => number} random */
function control(party, random) {
  const choice = Math.floor(random() * 5);
  if (choice === 0) party.play();
  else if (choice === 4) party.startTogether();
  else if (choice === 1) party.pause();
  else if (choice === 2) party.seek(Math.floor(random() * 90));
  else party.setRate(0.5 + random());
}

/** @param {number} seed */
function run(seed) {
  const random = mulberry32(seed);
  const time = new FakeTime();
  const server = new FakeServer({ time, random });
  const viewers = ["a", "b", "c"].map((userId) => viewer(userId, { time, random, server }));
  server.faults = { lose: 0.08, repeat: 0.08, reorder: 0.08, refuse: 0.08, ignore: 0.03 };
  for (let step = 0; step < STEPS_PER_RUN; step += 1) {
    const luck = random();
    const actor = viewers[Math.floor(random() * 2)];
    if (luck < 0.04) server.break(Math.floor(random() * 3));
    else if (luck < 0.05) server.loseHistory();
    else if (actor) act(actor, random);
    for (const each of viewers) each.party.reportReady(() => random() < 0.5);
    time.advance(random() ** 3 * 800);
  }
  server.faults = NO_FAULTS;
  time.advance(CALM_MS);
  viewers[0]?.party.seek(42);
  time.advance(ANSWER_MS);
  return { server, viewers };
}

/** What was acknowledged is there once, what was refused is not, and all see the same. @param {ReturnType<typeof run>} world */
function checkTalk({ server, viewers }) {
  const ids = server.chat.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, "something was written twice");
  for (const { party, outcomes, written } of viewers) {
    assert.deepEqual(party.state.chat.slice(-20), server.chat.slice(-20));
    assert.equal(new Set(party.state.chat.map(({ id }) => id)).size, party.state.chat.length);
    for (const ref of written.filter((ref) => !server.lost.has(ref))) {
      const [outcome] = outcomes.get(ref) ?? [];
      if (outcome !== "timeout") assert.equal(ids.includes(ref), outcome === "answered", `${ref} was ${outcome}`);
    }
  }
  return ids.length;
}

test(`${RUNS * STEPS_PER_RUN} steps of controls, talk, roles, waits, losses, repeats, resumptions and new epochs end in one state everywhere`, () => {
  /** @type {Record<string, number>} */
  const seen = {};
  let [resumed, waits, written] = [0, 0, 0];
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const { server, viewers } = run(seed);
    written += checkTalk({ server, viewers });
    resumed += server.resumed;
    waits += server.waits;
    for (const { party, outcomes } of viewers) {
      assert.equal(party.state.phase, "joined", `seed ${seed}`);
      assert.equal(JSON.stringify(party.state.video), JSON.stringify(server.video), `seed ${seed}`);
      assert.deepEqual(party.playhead(), fromVideoState(server.video), `seed ${seed}`);
      assert.equal(party.state.waiting, null, `seed ${seed}`);
      const roles = Object.fromEntries(party.state.users.map(({ id, role }) => [id, role]));
      assert.deepEqual(roles, server.roles, `seed ${seed}`);
      assert.equal(party.state.pendingControls, 0, `seed ${seed}`);
      for (const [ref, results] of outcomes) {
        assert.equal(results.length, 1, `seed ${seed}: ${ref} ended ${results.join(" and ") || "never"}`);
        for (const result of results) seen[result] = (seen[result] ?? 0) + 1;
      }
    }
  }
  assert.ok((seen["answered"] ?? 0) > 1000 && (seen["refused"] ?? 0) > 100 && (seen["timeout"] ?? 0) > 20, JSON.stringify(seen));
  assert.ok(written > 500, `${written} messages`);
  assert.ok(waits > 500, `${waits} waits`);
  assert.ok(resumed > 50, `${resumed} came back without a snapshot`);
});

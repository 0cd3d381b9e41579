// @ts-check
/** A socket in a Worker and its window, as two ends of a slow thread boundary with clocks of their own. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { TimeSync } from "../../static/js/clock/time-sync.js";
import { inWorker } from "../../static/js/room/link.js";
import { serveWindow } from "../../static/js/room/worker-side.js";
import { WorkerSocket } from "../../static/js/room/worker-socket.js";
import { FakeConnection, FakeTime, recorded } from "./room-fakes.js";

/** @import { News, Order } from "../../static/js/room/worker-side.js" */

/** The Worker's clock minus the window's: browsers set their origins apart. */
const APART_MS = 4321.7;
/** The media clock minus the window's. */
const OFFSET_MS = 60_000;

/** @param {{crossingMs?: number}} [options] what a message between the threads takes */
function build({ crossingMs = 0.05 } = {}) {
  const time = new FakeTime();
  class Answering extends FakeConnection {
    /** Probes are answered as by a server 1 ms away. @override @param {string} text */
    send(text) {
      super.send(text);
      const probe = JSON.parse(text);
      if (probe.type !== "time:sync") return;
      time.setTimeout(() => {
        const serverMs = time.nowMs + OFFSET_MS;
        const response = { ...probe, type: "time:sync:response", serverReceiveTime: serverMs, serverSendTime: serverMs, generation: 1, errorMs: 0 };
        time.setTimeout(() => this.receive(response), 1);
      }, 1);
    }
  }
  const { WebSocket, connections, newest } = recorded(Answering);
  const boundary = { crossingMs, windowBusyMs: 0 };
  const take = serveWindow({
    tell: (news) => void time.setTimeout(() => socket.hear(news), boundary.crossingMs + boundary.windowBusyMs),
    WebSocket,
    now: () => time.nowMs + APART_MS,
    wallNow: () => time.nowMs,
    random: () => 0.5,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
  });
  const socket = new WorkerSocket({
    url: "ws://here.test/ws/party/?room=demo",
    post: (/** @type {Order} */ order) => void time.setTimeout(() => take(order), boundary.crossingMs),
    now: time.now,
    resolutionMs: 0.1,
  });
  const timeSync = new TimeSync({ now: time.now, resolutionMs: 0.1, burst: (reason) => socket.burst(reason) });
  inWorker(socket, timeSync);
  /** @type {string[]} */
  const phases = [];
  socket.on("state", ({ phase }) => phases.push(phase));
  const open = () => {
    time.advance(100);
    socket.connect();
    time.advance(2 * crossingMs);
    newest().open();
    time.advance(2 * crossingMs);
  };
  return { time, socket, timeSync, boundary, connections, newest, open, phases };
}

test("nothing is sent while the window knows of no connection", () => {
  const { time, socket, connections } = build();
  time.advance(5);
  assert.equal(socket.send({ type: "room:leave" }), false);
  socket.connect();
  assert.equal(socket.send({ type: "room:leave" }), false);
  time.advance(5);
  assert.equal(connections.length, 1);
});

test("a socket that was closed is closed at once, and what is on its way from it is not heard", () => {
  const { time, socket, open, newest, phases } = build();
  open();
  /** @type {string[]} */
  const heard = [];
  socket.on("message", ({ type }) => heard.push(type));
  newest().receive({ type: "server:time", timestamp: 1, civilOffsetMs: 0, generation: 1, errorMs: 0 });
  socket.close();
  assert.equal(socket.state.phase, "idle");
  time.advance(100);
  assert.deepEqual(heard, []);
  assert.deepEqual(phases, ["connecting", "open", "idle"]);
});

test("closed and opened again in one breath, it is open, and never seems closed afterwards", () => {
  const { time, socket, open, newest, connections, phases } = build();
  open();
  socket.close();
  socket.connect();
  time.advance(1);
  newest().open();
  time.advance(1);
  assert.equal(connections.length, 2);
  assert.deepEqual(phases, ["connecting", "open", "idle", "connecting", "open"]);
});

test("messages arrive in order, with their arrival on the window's clock", () => {
  const { time, socket, open, newest } = build({ crossingMs: 3 });
  /** @type {[string, number][]} */
  const heard = [];
  open();
  socket.on("message", ({ type }, t4Ms) => heard.push([type, t4Ms]));
  const atMs = time.nowMs;
  newest().receive({ type: "user:left", userId: "a" });
  newest().receive({ type: "user:left", userId: "b" });
  time.advance(10);
  assert.equal(heard.length, 2);
  for (const [, t4Ms] of heard) assert.ok(Math.abs(t4Ms - atMs) <= socket.mapErrorMs, `${t4Ms - atMs}`);
});

test("a retry is announced on the window's clock", () => {
  const { time, socket, open, newest } = build();
  open();
  newest().receive({ type: "server:draining", retryIn: 3000 });
  newest().end(1012);
  time.advance(1);
  assert.equal(socket.state.phase, "waiting");
  assert.ok(Math.abs((socket.state.retryAtMs ?? 0) - time.nowMs - 2999) < 0.5);
});

test("a suspended page's socket rests, and wakes with it", () => {
  const { time, socket, open, connections } = build();
  open();
  socket.suspend();
  time.advance(60_000);
  assert.equal(socket.state.phase, "waiting");
  assert.equal(connections.length, 1);
  socket.wake();
  time.advance(1);
  assert.equal(connections.length, 2);
});

test("the clock is right within its bound, though three clocks are involved", () => {
  const { time, timeSync, open } = build();
  open();
  time.advance(1500);
  const { clock } = timeSync;
  assert.equal(clock.locked, true);
  const offMs = Math.abs(clock.now() - time.nowMs - OFFSET_MS);
  assert.ok(offMs <= clock.boundMs, `${offMs} > ${clock.boundMs}`);
  assert.ok(offMs < 0.2, String(offMs));
});

test("a window that is busy for a fifth of a second at a time spoils no sample", () => {
  const { time, timeSync, boundary, open } = build();
  open();
  boundary.windowBusyMs = 200;
  time.advance(2500);
  const { clock } = timeSync;
  assert.equal(clock.locked, true);
  assert.ok(clock.boundMs < 2, String(clock.boundMs));
  assert.ok(Math.abs(clock.now() - time.nowMs - OFFSET_MS) < 0.3);
});

test("the map's own error widens the bound", () => {
  const near = build();
  near.open();
  near.time.advance(1500);
  const far = build({ crossingMs: 2 });
  far.open();
  far.time.advance(1500);
  assert.ok(far.timeSync.clock.boundMs - near.timeSync.clock.boundMs > 1.5);
});

test("it is ready once the Worker's clock is known", () => {
  /** @type {Order[]} */
  const orders = [];
  let isReady = false;
  const socket = new WorkerSocket({ url: "ws://here.test/", post: (order) => orders.push(order), now: () => 5, resolutionMs: 0.1 });
  socket.on("ready", () => (isReady = true));
  socket.hear({ tell: "ready" });
  assert.equal(isReady, false);
  for (let i = 0; i < 8; i += 1) socket.hear(/** @type {News} */ ({ tell: "pong", askedMs: 5, workerMs: 9 }));
  assert.equal(isReady, true);
  assert.ok(Number.isFinite(socket.mapErrorMs));
});

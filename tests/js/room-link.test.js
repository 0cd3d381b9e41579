// @ts-check
/** Socket and clock joined: what the server says of its clock reaches ours, wherever the socket lives. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { TimeSync } from "../../static/js/clock/time-sync.js";
import { Emitter } from "../../static/js/room/emitter.js";
import { inWorker, windowLink } from "../../static/js/room/link.js";
import { FakeConnection, FakeTime, recorded } from "./room-fakes.js";

const TOLD = { type: "server:time", timestamp: 1, civilOffsetMs: -7, generation: 1, errorMs: 0 };

test("a socket of the window passes the civil offset on", () => {
  const time = new FakeTime();
  const { WebSocket, newest } = recorded(FakeConnection);
  const { socket, timeSync } = windowLink({
    url: "ws://here/", WebSocket, now: time.now, wallNow: time.now, random: () => 0.5, resolutionMs: 0.1,
    setTimeout: time.setTimeout, clearTimeout: time.clearTimeout,
  }); // prettier-ignore
  socket.connect();
  newest().open();
  newest().receive(TOLD);
  assert.equal(timeSync.clock.civilOffsetMs, -7);
});

test("a socket of the Worker passes the civil offset on, and what else it hears changes nothing", () => {
  const emitter = new Emitter();
  const socket = /** @type {any} */ ({ on: emitter.on.bind(emitter), burst: () => {} });
  const timeSync = new TimeSync({ now: () => 0, burst: () => {} });
  inWorker(socket, timeSync);
  emitter.emit("message", TOLD, 0);
  emitter.emit("message", { type: "users:list", users: [], count: 0 }, 0);
  assert.equal(timeSync.clock.civilOffsetMs, -7);
});

// @ts-check
/** A socket whose place is not known yet. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { LateSocket } from "../../static/js/room/late-socket.js";
import { socketWorld } from "./room-fakes.js";

test("before it is settled nothing is sent, and it is idle", () => {
  const late = new LateSocket();
  late.connect();
  assert.equal(late.send({ type: "room:leave" }), false);
  assert.equal(late.state.phase, "idle");
});

test("who wanted to be connected is, once it is settled", () => {
  const { socket, newest } = socketWorld();
  const late = new LateSocket();
  /** @type {string[]} */
  const heard = [];
  late.on("state", ({ phase }) => heard.push(phase));
  late.on("message", ({ type }) => heard.push(type));
  late.connect();
  late.settle(socket);
  newest().open();
  newest().receive({ type: "user:left", userId: "a" });
  assert.deepEqual(heard, ["connecting", "open", "user:left"]);
  assert.equal(late.send({ type: "room:leave" }), true);
  assert.equal(newest().sentOf("room:leave").length, 1);
});

test("who gave up before is not connected", () => {
  const { socket, connections } = socketWorld();
  const late = new LateSocket();
  late.connect();
  late.close();
  late.settle(socket);
  assert.equal(connections.length, 0);
});

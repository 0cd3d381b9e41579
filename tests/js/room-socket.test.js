// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { mulberry32 } from "../../static/js/clock/simulated.js";
import { socketWorld } from "./room-fakes.js";

const PROBE = /** @type {const} */ ({ type: "time:sync", clientTimestamp: 1 });

function openWorld() {
  const world = socketWorld();
  world.socket.connect();
  world.newest().open();
  return world;
}

for (const code of [4401, 4403, 4404, 4409, 4410, 4423]) {
  test(`a close ${code} keeps the viewer away and says why`, () => {
    const { socket, connections, newest, time } = openWorld();
    newest().end(code);
    time.advance(600_000);
    assert.equal(connections.length, 1);
    assert.equal(socket.state.phase, "gone");
    assert.equal(socket.state.code, code);
    assert.match(socket.state.error?.message ?? "", /\w{3}/);
  });
}

test("the server's own words are the reason when an error precedes the close", () => {
  const { socket, newest } = openWorld();
  newest().receive({ type: "error", code: "banned", message: "Ada banned you." });
  newest().end(4403);
  assert.deepEqual(socket.state.error, { code: "banned", message: "Ada banned you." });
});

test("an old refusal is not taken for the reason of a close", () => {
  const { socket, newest, time } = openWorld();
  newest().receive({ type: "error", code: "forbidden", message: "Not yours." });
  time.advance(5000);
  newest().end(4409);
  assert.equal(socket.state.error?.code, null);
  assert.match(socket.state.error?.message ?? "", /elsewhere/);
});

test("a refused control is not taken for the reason of a close", () => {
  const { socket, newest } = openWorld();
  newest().receive({ type: "error", code: "stale", message: "Old.", ref: "r" });
  newest().end(4410);
  assert.equal(socket.state.error?.code, null);
});

test("nothing is sent while there is no connection", () => {
  const { socket } = socketWorld();
  assert.equal(socket.send({ type: "room:leave" }), false);
  socket.connect();
  assert.equal(socket.send({ type: "room:leave" }), false);
});

test("frames that are no messages are ignored", () => {
  const { socket, newest } = openWorld();
  /** @type {unknown[]} */
  const heard = [];
  socket.on("message", (message) => heard.push(message));
  for (const data of ["<html>", "null", "7", "{}", '{"type":3}']) newest().onmessage?.({ data });
  assert.deepEqual(heard, []);
  assert.equal(socket.state.phase, "open");
});

test("abuse of limits is answered by staying away for 30 s, even when the network returns", () => {
  const { socket, connections, newest, time } = openWorld();
  newest().end(1008);
  socket.online();
  time.advance(29_999);
  assert.equal(connections.length, 1);
  time.advance(1);
  assert.equal(connections.length, 2);
});

test("after a frame too large it comes back once, and no more", () => {
  const { socket, newest, connections, time } = openWorld();
  newest().end(1009);
  time.advance(400);
  newest().open();
  newest().end(1003);
  time.advance(60_000);
  assert.equal(connections.length, 2);
  assert.equal(socket.state.phase, "gone");
});

test("a draining server is returned to after the pause it asked for", () => {
  for (const code of [1012, 4012]) {
    const { connections, newest, time } = openWorld();
    newest().receive({ type: "server:draining", retryIn: 3000 });
    newest().end(code);
    time.advance(2999);
    assert.equal(connections.length, 1);
    time.advance(1);
    assert.equal(connections.length, 2);
  }
});

test("a server that drains without a word is returned to by back-off", () => {
  const { connections, newest, time } = openWorld();
  newest().end(1012);
  time.advance(400);
  assert.equal(connections.length, 2);
});

test("a socket that did not join rests until somebody joins", () => {
  const { socket, connections, newest, time } = openWorld();
  newest().end(4000);
  time.advance(600_000);
  assert.equal(socket.state.phase, "idle");
  assert.equal(connections.length, 1);
  socket.connect();
  assert.equal(connections.length, 2);
});

for (const code of [1000, 1001, 1006, 1011, 4008]) {
  test(`after an unasked close ${code} it comes back`, () => {
    const { connections, newest, time } = openWorld();
    newest().end(code);
    time.advance(400);
    assert.equal(connections.length, 2);
  });
}

test("the pauses between attempts grow from 0.2 s to 10 s and are jittered", () => {
  const { socket, newest, time } = socketWorld({ random: mulberry32(7) });
  socket.connect();
  const pausesMs = [];
  for (let attempt = 0; attempt < 40; attempt += 1) {
    newest().end(1006);
    const pauseMs = /** @type {number} */ (socket.state.retryAtMs) - time.nowMs;
    pausesMs.push(pauseMs);
    time.advance(pauseMs);
  }
  assert.ok(pausesMs.every((pauseMs) => pauseMs >= 200 && pauseMs <= 10_000));
  assert.ok(/** @type {number} */ (pausesMs[0]) <= 400);
  assert.ok(Math.max(...pausesMs.slice(6)) > 8000);
  assert.equal(new Set(pausesMs).size, pausesMs.length);
});

test("after 16 s without a network two viewers are both back within 4 s, 99 times of 100", () => {
  const random = mulberry32(11);
  const GONE_MS = 16_000;
  const RUNS = 1000;
  const awayMs = () => {
    const { socket, newest, time } = socketWorld({ random });
    socket.connect();
    const homeMs = time.nowMs + GONE_MS;
    while (time.nowMs < homeMs) {
      newest().end(1006);
      time.advance(/** @type {number} */ (socket.state.retryAtMs) - time.nowMs);
    }
    return time.nowMs - homeMs;
  };
  const both = Array.from({ length: RUNS }, () => Math.max(awayMs(), awayMs()));
  const late = both.filter((ms) => ms > 4000).length;
  assert.ok(late <= RUNS / 100, `${late} of ${RUNS} later`);
});

test("an attempt that nobody answers is made at another server, and what was lost is sought at home", () => {
  const { connections, newest, time } = openWorld();
  const home = newest().url;
  newest().end(1006);
  while (connections.length < 12) time.advance(100);
  const numbers = connections.slice(1).map(({ url }) => new URL(url).searchParams.get("again"));
  assert.deepEqual(numbers, [null, "1", "2", "3", "4", "5", "6", "7", "8", "9", null]);
  assert.ok(connections.every(({ url }) => url.startsWith(home)), "the room stands in each");
  while (connections.length < 13) time.advance(100);
  assert.notEqual(newest().url, home);
  newest().open();
  newest().end(1006);
  while (connections.length < 14) time.advance(100);
  assert.equal(newest().url, home);
});

test("an attempt that is refused at once is made at the same address again", () => {
  const { newest, time } = openWorld();
  const home = newest().url;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    newest().end(1006);
    time.advance(500);
    assert.equal(newest().url, home);
  }
});

test("a server that accepts and fails at once is not hammered", () => {
  const { socket, newest, time } = socketWorld({ random: () => 0.99 });
  socket.connect();
  let pauseMs = 0;
  for (let attempt = 0; attempt < 30; attempt += 1) {
    newest().open();
    newest().end(1011);
    pauseMs = /** @type {number} */ (socket.state.retryAtMs) - time.nowMs;
    time.advance(pauseMs);
  }
  assert.ok(pauseMs > 9000);
});

test("after a connection that lasted, the back-off starts anew", () => {
  const { socket, newest, time } = openWorld();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    newest().end(1006);
    time.advance(/** @type {number} */ (socket.state.retryAtMs) - time.nowMs);
  }
  newest().open();
  time.advance(5000);
  newest().end(1006);
  assert.ok(/** @type {number} */ (socket.state.retryAtMs) - time.nowMs <= 400);
});

test("when the network returns it comes back at once", () => {
  const { socket, newest, connections } = openWorld();
  newest().end(1006);
  socket.online();
  assert.equal(connections.length, 2);
  socket.online();
  assert.equal(connections.length, 2);
});

test("an attempt that hangs is given up after 3.5 s", () => {
  const { socket, connections, time } = socketWorld();
  socket.connect();
  time.advance(3500);
  assert.equal(connections[0]?.closed, true);
  assert.equal(socket.state.phase, "waiting");
  time.advance(400);
  assert.equal(connections.length, 2);
});

test("2.5 s of silence after a probe mean a new socket, deaf to the old one", () => {
  const { socket, connections, newest, time } = openWorld();
  const old = newest();
  /** @type {unknown[]} */
  const heard = [];
  socket.on("message", (message) => heard.push(message));
  socket.send(PROBE);
  time.advance(2499);
  assert.equal(connections.length, 1);
  time.advance(1);
  assert.equal(connections.length, 2);
  assert.equal(old.closed, true);
  old.receive({ type: "room:closed" });
  old.end(4409);
  assert.deepEqual(heard, []);
  assert.equal(socket.state.phase, "connecting");
});

test("further probes do not put off the judgement", () => {
  const { socket, connections, time } = openWorld();
  for (let probe = 0; probe < 5; probe += 1) {
    socket.send(PROBE);
    time.advance(500);
  }
  assert.equal(connections.length, 2);
});

test("any frame after a probe shows that the connection lives", () => {
  const { socket, connections, newest, time } = openWorld();
  for (let round = 0; round < 5; round += 1) {
    socket.send(PROBE);
    time.advance(2000);
    newest().receive({ type: "cursors:batch", cursors: [] });
  }
  time.advance(60_000);
  assert.equal(connections.length, 1);
});

test("silence without a probe means nothing", () => {
  const { connections, time } = openWorld();
  time.advance(600_000);
  assert.equal(connections.length, 1);
});

test("after a sleep, frames that waited are heard before the connection is judged", () => {
  const { socket, connections, newest, time } = openWorld();
  socket.send(PROBE);
  time.sleep(60_000);
  time.advance(0);
  assert.equal(connections.length, 1);
  newest().receive({ type: "time:sync:response" });
  time.advance(10_000);
  assert.equal(connections.length, 1);
});

test("after a sleep, a silent connection is replaced", () => {
  const { socket, connections, time } = openWorld();
  socket.send(PROBE);
  time.sleep(60_000);
  time.advance(250);
  assert.equal(connections.length, 2);
});

test("answers to probes go to the prober alone, stamped on arrival", () => {
  const { socket, newest, time } = openWorld();
  /** @type {[string, number][]} */
  const heard = [];
  socket.on("probe", (message, t4Ms) => heard.push(["probe", t4Ms]));
  socket.on("message", (message, t4Ms) => heard.push([message.type, t4Ms]));
  time.advance(12.5);
  newest().receive({ type: "time:sync:response", clientTimestamp: 1 });
  newest().receive({ type: "server:time" });
  assert.deepEqual(heard, [["probe", time.nowMs], ["server:time", time.nowMs]]);
});

test("a heartbeat is sent when nothing else was for 25 s", () => {
  const { socket, newest, time } = openWorld();
  time.advance(20_000);
  socket.send({ type: "cursor:leave" });
  time.advance(24_999);
  assert.equal(newest().sentOf("heartbeat").length, 0);
  time.advance(1);
  assert.equal(newest().sentOf("heartbeat").length, 1);
  time.advance(50_000);
  assert.equal(newest().sentOf("heartbeat").length, 3);
});

test("closing for good leaves no timer and no way back", () => {
  const { socket, connections, newest, time } = openWorld();
  socket.send(PROBE);
  socket.close();
  assert.equal(newest().closed, true);
  assert.equal(time.pending, 0);
  time.advance(60_000);
  assert.equal(connections.length, 1);
  assert.equal(socket.state.phase, "idle");
});

test("each opening is announced, so that the clock can be probed anew", () => {
  const { socket, newest, time } = socketWorld();
  let openings = 0;
  socket.on("open", () => (openings += 1));
  socket.connect();
  newest().open();
  newest().end(1006);
  time.advance(400);
  newest().open();
  assert.equal(openings, 2);
});

test("a page put away rests without a timer, and returns at once with the page", () => {
  const { socket, connections, newest, time } = openWorld();
  socket.suspend();
  assert.equal(newest().closed, true);
  assert.deepEqual([socket.state.phase, socket.state.retryAtMs, time.pending], ["waiting", null, 0]);
  time.advance(600_000);
  assert.equal(connections.length, 1);
  socket.wake();
  assert.equal(connections.length, 2);
});

test("a page put away while it waits keeps its turn, and who was sent away stays away", () => {
  const { socket, connections, newest } = openWorld();
  newest().end(1006);
  const { retryAtMs } = socket.state;
  socket.suspend();
  assert.equal(socket.state.retryAtMs, retryAtMs);
  socket.wake();
  newest().open();
  newest().end(4403);
  socket.suspend();
  socket.wake();
  assert.equal(socket.state.phase, "gone");
  assert.equal(connections.length, 2);
});

test("waking up hurries no connection that lives, and no pause that the server asked for", () => {
  const { socket, connections, newest } = openWorld();
  socket.wake();
  assert.equal(connections.length, 1);
  newest().end(1008);
  socket.wake();
  assert.equal(connections.length, 1);
});

// @ts-check
/** Socket and clock of one viewer, joined: on the window's own thread, or with the socket in a Worker. */

import { TimeSync } from "../clock/time-sync.js";
import { probeOver } from "./probe-over.js";
import { RoomSocket } from "./socket.js";

/** @import { SocketPort } from "./socket.js" */
/** @import { WorkerSocket } from "./worker-socket.js" */

/**
 * @typedef {object} Link
 * @property {"window" | "worker"} kind
 * @property {SocketPort} socket
 * @property {TimeSync} timeSync
 */

/**
 * Everything on this thread: for pages with clocks of their own, and where Workers fail.
 * @param {ConstructorParameters<typeof RoomSocket>[0] & {
 *   wallNow: () => number,
 *   resolutionMs: number,
 *   setTimeout: (run: () => void, delayMs: number) => number,
 * }} parts
 * @returns {Link}
 */
export function windowLink({ url, WebSocket, now, random, wallNow, resolutionMs, setTimeout, clearTimeout }) {
  const socket = new RoomSocket({ url, WebSocket, now, random, setTimeout, clearTimeout });
  const timeSync = new TimeSync({ now, resolutionMs, burst: (reason) => probing.burst(reason) });
  const probing = probeOver(socket, {
    now,
    wallNow,
    setTimeout,
    clearTimeout,
    onSample: (sample) => timeSync.take(sample),
    onSleep: () => timeSync.slept(),
  });
  return { kind: "window", socket, timeSync };
}

/**
 * The socket and its probes in a Worker: a busy page delays no timestamp, a hidden one no heartbeat.
 * @param {{socket: WorkerSocket, now: () => number, resolutionMs: number}} parts
 * @returns {Link}
 */
export function workerLink({ socket, now, resolutionMs }) {
  const timeSync = new TimeSync({ now, resolutionMs, burst: (reason) => socket.burst(reason) });
  socket.on("sample", (sample) => timeSync.take(sample));
  socket.on("slept", () => timeSync.slept());
  return { kind: "worker", socket, timeSync };
}

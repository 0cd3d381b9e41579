// @ts-check
/** Where a viewer's socket lives, joined with its clock: on the window's own thread, or in a Worker. */

import { TimeSync } from "../clock/time-sync.js";
import { ServerType } from "../protocol/protocol.js";
import { probeOver } from "./probe-over.js";
import { RoomSocket } from "./socket.js";

/** @import { BurstReason } from "../clock/prober.js" */
/** @import { SocketPort } from "./socket.js" */
/** @import { WorkerSocket } from "./worker-socket.js" */

/** A socket, and the way to ask its prober. @typedef {{socket: SocketPort, burst: (reason: BurstReason) => void}} Home */
/**
 * @typedef {ConstructorParameters<typeof RoomSocket>[0] & {
 *   wallNow: () => number,
 *   setTimeout: (run: () => void, delayMs: number) => number,
 * }} WindowParts
 */

/**
 * Socket and clock of this thread: for pages with clocks of their own.
 * @param {WindowParts & {resolutionMs: number}} parts
 * @returns {{socket: SocketPort, timeSync: TimeSync}}
 */
export function windowLink({ resolutionMs, ...parts }) {
  const timeSync = new TimeSync({ now: parts.now, resolutionMs, burst: (reason) => home.burst(reason) });
  const home = inWindow(parts, timeSync);
  return { socket: home.socket, timeSync };
}

/**
 * Everything on this thread.
 * @param {WindowParts} parts
 * @param {TimeSync} timeSync is fed
 * @returns {Home}
 */
export function inWindow({ url, WebSocket, now, random, wallNow, setTimeout, clearTimeout }, timeSync) {
  const socket = new RoomSocket({ url, WebSocket, now, random, setTimeout, clearTimeout });
  const probing = probeOver(socket, {
    now,
    wallNow,
    setTimeout,
    clearTimeout,
    onSample: (sample) => timeSync.take(sample),
    onSleep: () => timeSync.slept(),
  });
  tellTime(socket, timeSync);
  return { socket, burst: (reason) => probing.burst(reason) };
}

/**
 * The socket and its probes in a Worker: a busy page delays no timestamp, a hidden one no heartbeat.
 * @param {WorkerSocket} socket
 * @param {TimeSync} timeSync is fed
 * @returns {Home}
 */
export function inWorker(socket, timeSync) {
  socket.on("sample", (sample) => timeSync.take(sample));
  socket.on("slept", () => timeSync.slept());
  tellTime(socket, timeSync);
  return { socket, burst: (reason) => socket.burst(reason) };
}

/** @param {SocketPort} socket @param {TimeSync} timeSync hears every `server:time` */
function tellTime(socket, timeSync) {
  socket.on("message", (message) => {
    if (message.type === ServerType.SERVER_TIME) timeSync.onServerTime(message);
  });
}

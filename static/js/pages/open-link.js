// @ts-check
/** Opens a page's way to the server: with the socket in a Worker where that works, otherwise in the window. */

import { TimeSync } from "../clock/time-sync.js";
import { LateSocket } from "../room/late-socket.js";
import { inWindow, inWorker } from "../room/link.js";
import { WorkerSocket } from "../room/worker-socket.js";
import { now, resolutionMs, timers } from "./browser.js";

/** @import { Home } from "../room/link.js" */

/** A Worker that is not there by now (blocked, not supported, a slow network) is not waited for. */
const PATIENCE_MS = 2000;

/**
 * At once a socket that nobody has connected yet; `kind` says later where it lives.
 * @param {{url: string, workerUrl: string}} addresses workerUrl from the template, as hashed names have it
 */
export function openLink({ url, workerUrl }) {
  const socket = new LateSocket();
  /** @type {Home | null} */
  let home = null;
  const timeSync = new TimeSync({ now, resolutionMs: resolutionMs(), burst: (reason) => home?.burst(reason) });
  const settle = async () => {
    const there = await startThere({ url, workerUrl });
    home = there
      ? inWorker(there, timeSync)
      : inWindow({ url, WebSocket, now, random: Math.random, wallNow: Date.now, ...timers }, timeSync);
    socket.settle(home.socket);
    return there ? "worker" : "window";
  };
  return { socket, timeSync, kind: settle() };
}

/**
 * @param {{url: string, workerUrl: string}} addresses
 * @returns {Promise<WorkerSocket | null>} null: Workers fail here
 */
async function startThere({ url, workerUrl }) {
  const worker = startWorker(workerUrl);
  if (!worker) return null;
  const socket = new WorkerSocket({ url, post: (order) => worker.postMessage(order), now, resolutionMs: resolutionMs() });
  worker.addEventListener("message", ({ data }) => socket.hear(data));
  if (await isReady(worker, socket)) return socket;
  worker.terminate();
  return null;
}

/** @param {string} url */
function startWorker(url) {
  try {
    return new Worker(url, { type: "module", name: "socket" });
  } catch {
    return null; // No Workers here, or a policy that forbids them: the window does it all.
  }
}

/**
 * @param {Worker} worker
 * @param {WorkerSocket} socket
 * @returns {Promise<boolean>}
 */
function isReady(worker, socket) {
  return new Promise((resolve) => {
    const timer = timers.setTimeout(() => resolve(false), PATIENCE_MS);
    const settle = (/** @type {boolean} */ ready) => {
      timers.clearTimeout(timer);
      resolve(ready);
    };
    socket.on("ready", () => settle(true));
    worker.addEventListener("error", () => settle(false), { once: true });
  });
}

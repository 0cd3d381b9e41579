// @ts-check
/** Opens a page's way to the server: with the socket in a Worker where that works, otherwise in the window. */

import { windowLink, workerLink } from "../room/link.js";
import { WorkerSocket } from "../room/worker-socket.js";
import { now, resolutionMs, timers } from "./browser.js";

/** @import { Link } from "../room/link.js" */

/** A Worker that is not there by now (blocked, not supported, a slow network) is not waited for. */
const PATIENCE_MS = 2000;

/**
 * @param {{url: string, workerUrl: string}} addresses workerUrl from the template, as hashed names have it
 * @returns {Promise<Link>} a socket that nobody has connected yet
 */
export async function openLink({ url, workerUrl }) {
  const worker = startWorker(workerUrl);
  if (worker) {
    const socket = new WorkerSocket({ url, post: (order) => worker.postMessage(order), now, resolutionMs: resolutionMs() });
    worker.addEventListener("message", ({ data }) => socket.hear(data));
    if (await isReady(worker, socket)) return workerLink({ socket, now, resolutionMs: resolutionMs() });
    worker.terminate();
  }
  return windowLink({ url, WebSocket, now, random: Math.random, wallNow: Date.now, resolutionMs: resolutionMs(), ...timers });
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

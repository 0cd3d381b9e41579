// @ts-check
/** Composition root of the Worker that holds a viewer's socket and its probes. */

import { serveWindow } from "../room/worker-side.js";

/** @import { Order } from "../room/worker-side.js" */

const take = serveWindow({
  tell: (news) => self.postMessage(news),
  WebSocket,
  now: () => performance.timeOrigin + performance.now(),
  wallNow: Date.now,
  random: Math.random,
  setTimeout: (run, delayMs) => self.setTimeout(run, delayMs),
  clearTimeout: (handle) => self.clearTimeout(handle),
});

self.addEventListener("message", (/** @type {MessageEvent<Order>} */ { data }) => take(data));

// @ts-check
/** The Worker's end: a socket with its probes, driven by the window's orders. */

import { probeOver } from "./probe-over.js";
import { RoomSocket } from "./socket.js";

/** @import { Sample } from "../clock/estimator.js" */
/** @import { BurstReason } from "../clock/prober.js" */
/** @import { ClientMessage, ServerMessage } from "../protocol/protocol.js" */
/** @import { SocketState } from "./socket.js" */

/**
 * What the window orders. `era` counts the orders that give a connection up: what the Worker tells in an older era is about one that the window has forgotten.
 * @typedef {{order: "begin", url: string}
 *   | {order: "connect" | "online" | "wake"}
 *   | {order: "close" | "reopen" | "suspend", era: number}
 *   | {order: "send", message: ClientMessage}
 *   | {order: "burst", reason: BurstReason}
 *   | {order: "ping", askedMs: number}} Order
 *
 * What the Worker tells; instants are on its own clock.
 * @typedef {{tell: "ready"}
 *   | {tell: "state", era: number, state: Readonly<SocketState>}
 *   | {tell: "message", era: number, message: ServerMessage, t4Ms: number}
 *   | {tell: "sample", era: number, sample: Sample}
 *   | {tell: "slept"}
 *   | {tell: "pong", askedMs: number, workerMs: number}} News
 */

/**
 * @param {Omit<ConstructorParameters<typeof RoomSocket>[0], "url"> & {
 *   wallNow: () => number,
 *   setTimeout: (run: () => void, delayMs: number) => number,
 *   tell: (news: News) => void,
 * }} parts
 * @returns {(order: Order) => void} takes the window's orders
 */
export function serveWindow({ tell, WebSocket, now, wallNow, random, setTimeout, clearTimeout }) {
  /** @type {ReturnType<typeof begin> | null} */
  let begun = null;
  let era = 0;

  /** @param {string} url */
  function begin(url) {
    const socket = new RoomSocket({ url, WebSocket, now, random, setTimeout, clearTimeout });
    socket.on("state", (state) => tell({ tell: "state", era, state }));
    socket.on("message", (message, t4Ms) => tell({ tell: "message", era, message, t4Ms }));
    const probing = probeOver(socket, {
      now,
      wallNow,
      setTimeout,
      clearTimeout,
      onSample: (sample) => tell({ tell: "sample", era, sample }),
      onSleep: () => tell({ tell: "slept" }),
    });
    return { socket, probing };
  }

  return (order) => {
    if (order.order === "ping") return tell({ tell: "pong", askedMs: order.askedMs, workerMs: now() });
    if (order.order === "begin") {
      begun ??= begin(order.url);
      return tell({ tell: "ready" });
    }
    if (!begun) return undefined;
    const { socket, probing } = begun;
    switch (order.order) {
      case "send":
        socket.send(order.message);
        return undefined;
      case "burst":
        return probing.burst(order.reason);
      case "close":
      case "reopen":
      case "suspend":
        ({ era } = order);
        socket[order.order]();
        // Also where nothing changed: the window waits for the first word of the new era.
        return tell({ tell: "state", era, state: socket.state });
      default:
        return socket[order.order]();
    }
  };
}

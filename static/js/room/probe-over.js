// @ts-check
/** Probes over a socket of the same thread. */

import { Probing } from "../clock/probing.js";

/** @import { RoomSocket } from "./socket.js" */

/**
 * Probes follow the socket: they begin with each connection and end with it.
 * @param {RoomSocket} socket
 * @param {Omit<ConstructorParameters<typeof Probing>[0], "send">} parts
 */
export function probeOver(socket, parts) {
  const probing = new Probing({ ...parts, send: (message) => socket.send(message) });
  socket.on("probe", (message, t4Ms) => probing.onResponse(message, t4Ms));
  socket.on("state", ({ phase }) => (phase === "open" ? probing.start() : probing.stop()));
  return probing;
}

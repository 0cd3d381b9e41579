// @ts-check
/** A socket before it is known where it will live: takes the page's wish to be connected, and hands it on. */

import { Emitter } from "./emitter.js";
import { IDLE } from "./socket.js";

/** @import { ClientMessage } from "../protocol/protocol.js" */
/** @import { SocketEvents, SocketPort } from "./socket.js" */

/** @implements {SocketPort} */
export class LateSocket {
  /** @type {Emitter<Pick<SocketEvents, "message" | "state">>} */
  #emitter = new Emitter();
  /** @type {SocketPort | null} */
  #real = null;
  #wanted = false;

  /** From now on everything goes to this one. @param {SocketPort} real that nobody has connected yet */
  settle(real) {
    this.#real = real;
    real.on("message", (message, t4Ms) => this.#emitter.emit("message", message, t4Ms));
    real.on("state", (state) => this.#emitter.emit("state", state));
    if (this.#wanted) real.connect();
  }

  get state() {
    return this.#real?.state ?? IDLE;
  }

  /** @type {SocketPort["on"]} */
  on(name, listener) {
    return this.#emitter.on(name, listener);
  }

  connect() {
    this.#wanted = true;
    this.#real?.connect();
  }

  close() {
    this.#wanted = false;
    this.#real?.close();
  }

  reopen() {
    this.#real?.reopen();
  }

  online() {
    this.#real?.online();
  }

  suspend() {
    this.#real?.suspend();
  }

  wake() {
    this.#real?.wake();
  }

  /** @param {ClientMessage} message */
  send(message) {
    return this.#real?.send(message) ?? false;
  }
}

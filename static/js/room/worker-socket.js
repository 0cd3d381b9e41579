// @ts-check
/** The window's end of a socket that lives in a Worker: the same words as RoomSocket, and every instant on the window's clock. */

import { ClockMap } from "../clock/clock-map.js";
import { Emitter } from "./emitter.js";
import { IDLE } from "./socket.js";

/** @import { Sample } from "../clock/estimator.js" */
/** @import { BurstReason } from "../clock/prober.js" */
/** @import { ClientMessage } from "../protocol/protocol.js" */
/** @import { SocketEvents, SocketPort, SocketState } from "./socket.js" */
/** @import { News, Order } from "./worker-side.js" */

/** Round trips between the threads take 0.05 ms when both are idle; of so many one is as good as that. */
const FIRST_PINGS = 8;

/** @typedef {Pick<SocketEvents, "message" | "state"> & {ready: [], sample: [sample: Sample], slept: []}} WorkerSocketEvents */

/** @implements {SocketPort} */
export class WorkerSocket {
  #order;
  #now;
  #map;
  /** @type {Emitter<WorkerSocketEvents>} */
  #emitter = new Emitter();
  /** @type {Readonly<SocketState>} */
  #state = IDLE;
  #era = 0;
  #firstPings = 0;

  /** @param {{url: string, post: (order: Order) => void, now: () => number, resolutionMs: number}} parts resolutionMs of now() and of the Worker's clock */
  constructor({ url, post, now, resolutionMs }) {
    this.#order = (/** @type {Order} */ order) => post(order);
    this.#now = () => now();
    this.#map = new ClockMap(resolutionMs);
    this.#order({ order: "begin", url });
  }

  get state() {
    return this.#state;
  }

  /** How wrong the map between the two clocks may be. */
  get mapErrorMs() {
    return this.#map.errorMs;
  }

  /**
   * `ready` once the Worker runs and its clock is known; `sample` for each probe; `slept`; `message` and `state` as of RoomSocket.
   * @type {Emitter<WorkerSocketEvents>["on"]}
   */
  on(name, listener) {
    return this.#emitter.on(name, listener);
  }

  connect() {
    this.#order({ order: "connect" });
  }

  close() {
    this.#abandon("close");
    this.#change(IDLE);
  }

  reopen() {
    this.#abandon("reopen");
  }

  online() {
    this.#order({ order: "online" });
  }

  suspend() {
    this.#abandon("suspend");
  }

  wake() {
    this.#order({ order: "wake" });
  }

  /** @param {BurstReason} reason */
  burst(reason) {
    this.#order({ order: "burst", reason });
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean} false: not connected as far as is known here, and nothing was sent
   */
  send(message) {
    if (this.#state.phase !== "open") return false;
    this.#order({ order: "send", message });
    return true;
  }

  /** What the Worker tells. @param {News} news */
  hear(news) {
    const heardMs = this.#now();
    switch (news.tell) {
      case "ready":
        this.#ping();
        break;
      case "pong":
        this.#map.add({ ...news, answeredMs: heardMs });
        this.#getReady();
        break;
      case "slept":
        this.#emitter.emit("slept");
        break;
      default:
        if (news.era === this.#era) this.#hearOfConnection(news);
    }
  }

  /** One question at a time: the next one finds the Worker idle. */
  #getReady() {
    if (this.#firstPings >= FIRST_PINGS) return;
    this.#firstPings += 1;
    if (this.#firstPings < FIRST_PINGS) this.#ping();
    else this.#emitter.emit("ready");
  }

  /** @param {Extract<News, {era: number}>} news */
  #hearOfConnection(news) {
    switch (news.tell) {
      case "state":
        this.#change(this.#onWindowClock(news.state));
        break;
      case "message":
        this.#emitter.emit("message", news.message, this.#map.toWindow(news.t4Ms));
        break;
      case "sample":
        this.#takeSample(news.sample);
    }
  }

  /** The map's own error is the server's as far as the estimator is concerned: both only widen the bound. @param {Sample} sample */
  #takeSample(sample) {
    this.#ping();
    const { errorMs } = this.#map;
    this.#emitter.emit("sample", {
      ...sample,
      t1Ms: this.#map.toWindow(sample.t1Ms),
      t4Ms: this.#map.toWindow(sample.t4Ms),
      errorMs: sample.errorMs + errorMs,
    });
  }

  /** @param {Readonly<SocketState>} state */
  #onWindowClock(state) {
    return state.retryAtMs === null ? state : { ...state, retryAtMs: this.#map.toWindow(state.retryAtMs) };
  }

  #ping() {
    this.#order({ order: "ping", askedMs: this.#now() });
  }

  /** From here on the connection is nobody's: what is still on its way from it is not heard. @param {"close" | "reopen" | "suspend"} order */
  #abandon(order) {
    this.#era += 1;
    this.#order({ order, era: this.#era });
  }

  /** @param {Readonly<SocketState>} state */
  #change(state) {
    const { phase, retryAtMs, code, error } = this.#state;
    const same = phase === state.phase && retryAtMs === state.retryAtMs && code === state.code && error === state.error;
    if (same) return;
    this.#state = Object.freeze(state);
    this.#emitter.emit("state", this.#state);
  }
}

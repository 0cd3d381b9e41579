// @ts-check
/** The viewer's one WebSocket, in a Worker or in the window: comes back after every loss, stays away where the server says so. */

import { ClientType, CloseCode, ServerType } from "../protocol/protocol.js";
import { Emitter } from "./emitter.js";
import { afterClose, backoffMs, reasonOfClose } from "./retry.js";
import { Timer } from "./timer.js";

/** @import { ClientMessage, ServerMessage, TimeSyncResponse } from "../protocol/protocol.js" */
/** @import { Timers } from "./timer.js" */

/**
 * A browser itself waits for minutes on a network that swallows the first packet. Six round trips of the
 * slowest network fit in, and who began to connect just before it healed is back within 5 s.
 */
const CONNECT_PATIENCE_MS = 3500;
/** Then the first server is asked again; a web server hears of nine (deploy/nginx). */
const AGAIN_MOST = 10;
/** Browsers cannot see pings: a probe that nothing follows for so long means a dead connection. */
const PROBE_PATIENCE_MS = 2500;
/** A timer this late means that the page slept; frames may wait behind it, so they get a moment. */
const SLEPT_MS = 250;
const HEARTBEAT_MS = 25_000;
/** A connection that lived this long was good: the next loss starts the back-off anew. */
const STABLE_MS = 5000;
/** A close without reason of its own takes it from an `error` frame no older than this. */
const REASON_AGE_MS = 2000;

/**
 * @typedef {object} SocketState
 * @property {"idle" | "connecting" | "open" | "waiting" | "gone"} phase
 *   waiting: comes back at `retryAtMs`, or with the page where that is null; gone: stays away for the reason in `code` and `error`
 * @property {number | null} retryAtMs on the clock of `now`
 * @property {number | null} code of the last close
 * @property {{code: string | null, message: string, retryIn?: number} | null} error why, when gone, and in how many ms that ends
 *
 * @typedef {{
 *   open: [],
 *   message: [message: ServerMessage, t4Ms: number],
 *   probe: [message: TimeSyncResponse, t4Ms: number],
 *   state: [state: Readonly<SocketState>],
 * }} SocketEvents
 */

/** @type {Readonly<SocketState>} */
export const IDLE = Object.freeze({ phase: "idle", retryAtMs: null, code: null, error: null });

/**
 * What the rest of the page needs of a socket, wherever it lives.
 * @typedef {object} SocketPort
 * @property {Readonly<SocketState>} state
 * @property {Emitter<Pick<SocketEvents, "message" | "state">>["on"]} on
 * @property {() => void} connect
 * @property {() => void} close
 * @property {() => void} reopen
 * @property {() => void} online
 * @property {() => void} suspend
 * @property {() => void} wake
 * @property {(message: ClientMessage) => boolean} send
 */

/** @implements {SocketPort} */
export class RoomSocket {
  #url;
  #WebSocket;
  #now;
  #random;
  /** @type {Emitter<SocketEvents>} */
  #emitter = new Emitter();
  #state = IDLE;
  /** @type {WebSocket | null} */
  #connection = null;
  #attempt = 0;
  /** Attempts in a row that nobody answered: whoever shares out asks another server each time (ADR 40). */
  #again = 0;
  #openedAtMs = Infinity;
  #sentAtMs = -Infinity;
  #mayReturnAfterBadFrame = true;
  #backingOff = false;
  /** @type {number | null} */
  #drainRetryMs = null;
  /** @type {{error: {code: string, message: string, retryIn?: number}, atMs: number} | null} */
  #lastError = null;
  #retry;
  #connectDeadline;
  #heartbeat;
  #probeDeadline;
  #probeDueAtMs = 0;

  /**
   * @param {Timers & {
   *   url: string,
   *   WebSocket: new (url: string) => WebSocket,
   *   now: () => number,
   *   random: () => number,
   * }} options `now` is the local clock in ms; arrivals (T4) are stamped with it
   */
  constructor({ url, WebSocket, now, random, ...timers }) {
    this.#url = url;
    this.#WebSocket = WebSocket;
    this.#now = () => now();
    this.#random = () => random();
    this.#retry = new Timer(timers, () => this.#open());
    this.#connectDeadline = new Timer(timers, () => this.#missConnection());
    this.#heartbeat = new Timer(timers, () => this.#beat());
    this.#probeDeadline = new Timer(timers, () => this.#missProbe());
  }

  get state() {
    return this.#state;
  }

  /**
   * `open` after each (re)connection; `message` for every frame but answers to probes, which are
   * `probe`, both with the instant of arrival; `state` after each change.
   * @type {Emitter<SocketEvents>["on"]}
   */
  on(name, listener) {
    return this.#emitter.on(name, listener);
  }

  /** Opens the socket, whatever ended the last one; does nothing while one is open or on its way. */
  connect() {
    if (this.#connection) return;
    this.#attempt = 0;
    this.#mayReturnAfterBadFrame = true;
    this.#open();
  }

  /** Closes for good (until `connect`); what was sent before still goes out. */
  close() {
    this.#abandon();
    this.#retry.stop();
    this.#change(IDLE);
  }

  /** Gives this connection up as useless and comes back after a pause. */
  reopen() {
    this.#abandon();
    this.#comeBack(null, null);
  }

  /** The network is back (`online`): no use in waiting, unless the server told us to. */
  online() {
    if (this.#state.phase === "waiting" && this.#backingOff) this.#open();
  }

  /** The page is put away (frozen, or kept in the browser's cache): the connection rests until `wake`. */
  suspend() {
    const { phase } = this.#state;
    if (phase !== "open" && phase !== "connecting") return;
    this.#abandon();
    this.#backingOff = true;
    this.#change({ ...IDLE, phase: "waiting" });
  }

  /** The page is back: here the pauses of a page that nobody saw count as little as after `online`. */
  wake() {
    this.#attempt = 0;
    this.online();
  }

  /**
   * @param {ClientMessage} message
   * @returns {boolean} false: not connected, and nothing was sent
   */
  send(message) {
    if (this.#state.phase !== "open" || !this.#connection) return false;
    this.#sentAtMs = this.#now();
    this.#connection.send(JSON.stringify(message));
    if (message.type === ClientType.TIME_SYNC) this.#expectFrame();
    return true;
  }

  #open() {
    this.#retry.stop();
    this.#drainRetryMs = null;
    this.#lastError = null;
    this.#openedAtMs = Infinity;
    const connection = new this.#WebSocket(this.#address());
    connection.onopen = () => this.#opened();
    connection.onmessage = (event) => {
      const t4Ms = this.#now();
      this.#receive(event.data, t4Ms);
    };
    connection.onclose = (event) => this.#closed(event.code);
    this.#connection = connection;
    this.#connectDeadline.start(CONNECT_PATIENCE_MS);
    this.#change({ ...IDLE, phase: "connecting" });
  }

  #address() {
    if (!this.#again) return this.#url;
    return `${this.#url}${this.#url.includes("?") ? "&" : "?"}again=${this.#again}`;
  }

  /** What hangs accepts connections and answers none, so the next attempt must not end there. */
  #missConnection() {
    this.#again = (this.#again + 1) % AGAIN_MOST;
    this.reopen();
  }

  #opened() {
    this.#connectDeadline.stop();
    this.#again = 0;
    this.#openedAtMs = this.#now();
    this.#sentAtMs = this.#now();
    this.#heartbeat.start(HEARTBEAT_MS);
    this.#change({ ...IDLE, phase: "open" });
    this.#emitter.emit("open");
  }

  /**
   * @param {unknown} text
   * @param {number} t4Ms
   */
  #receive(text, t4Ms) {
    this.#probeDeadline.stop();
    const message = parse(text);
    if (!message) return;
    if (message.type === ServerType.TIME_SYNC_RESPONSE) {
      this.#emitter.emit("probe", message, t4Ms);
      return;
    }
    this.#noteFarewell(message);
    this.#emitter.emit("message", message, t4Ms);
  }

  /** @param {ServerMessage} message */
  #noteFarewell(message) {
    if (message.type === ServerType.ERROR && message.ref === undefined) {
      const { code, message: words, retryIn } = message;
      const error = { code, message: words, ...(retryIn !== undefined && { retryIn }) };
      this.#lastError = { error, atMs: this.#now() };
    }
    if (message.type === ServerType.SERVER_DRAINING) this.#drainRetryMs = message.retryIn;
  }

  /** @param {number} code */
  #closed(code) {
    const plan = afterClose(code, {
      drainRetryMs: this.#drainRetryMs,
      mayReturnAfterBadFrame: this.#mayReturnAfterBadFrame,
    });
    const error = this.#reason(code);
    this.#abandon();
    if (plan.kind === "return") this.#comeBack(plan.delayMs, code);
    else if (plan.kind === "rest") this.#change({ ...IDLE, code });
    else this.#change({ ...IDLE, phase: "gone", code, error });
  }

  /** @param {number} code */
  #reason(code) {
    const last = this.#lastError;
    const isFresh = last !== null && this.#now() - last.atMs <= REASON_AGE_MS;
    if (isFresh) return last.error;
    return { code: null, message: reasonOfClose(code) };
  }

  /**
   * @param {number | null} delayMs null: back-off
   * @param {number | null} code
   */
  #comeBack(delayMs, code) {
    if (code === CloseCode.BINARY || code === CloseCode.TOO_LARGE) this.#mayReturnAfterBadFrame = false;
    this.#backingOff = delayMs === null;
    const waitMs = delayMs ?? backoffMs(this.#attempt, this.#random);
    if (delayMs === null) this.#attempt += 1;
    this.#retry.start(waitMs);
    this.#change({ ...IDLE, phase: "waiting", retryAtMs: this.#now() + waitMs, code });
  }

  /** Lets go of the connection, deaf to whatever it may still bring. */
  #abandon() {
    for (const timer of [this.#connectDeadline, this.#heartbeat, this.#probeDeadline]) timer.stop();
    if (this.#now() - this.#openedAtMs >= STABLE_MS) this.#attempt = 0;
    this.#openedAtMs = Infinity;
    const connection = this.#connection;
    this.#connection = null;
    if (!connection) return;
    connection.onopen = connection.onmessage = connection.onclose = null;
    connection.close();
  }

  #beat() {
    const waitMs = this.#sentAtMs + HEARTBEAT_MS - this.#now();
    const isDue = waitMs < 1; // Less is a rounding error, and timers can't wait for less.
    if (isDue) this.send({ type: ClientType.HEARTBEAT });
    this.#heartbeat.start(isDue ? HEARTBEAT_MS : waitMs);
  }

  #expectFrame() {
    if (this.#probeDeadline.running) return;
    this.#probeDueAtMs = this.#now() + PROBE_PATIENCE_MS;
    this.#probeDeadline.start(PROBE_PATIENCE_MS);
  }

  #missProbe() {
    const slept = this.#now() - this.#probeDueAtMs > SLEPT_MS;
    if (slept) {
      this.#probeDueAtMs = Infinity;
      this.#probeDeadline.start(SLEPT_MS);
      return;
    }
    this.#abandon();
    this.#open();
  }

  /** @param {SocketState} state */
  #change(state) {
    this.#state = Object.freeze(state);
    this.#emitter.emit("state", this.#state);
  }
}

/**
 * @param {unknown} text
 * @returns {ServerMessage | null} null: not a message, which a server of ours never sends
 */
function parse(text) {
  try {
    const message = JSON.parse(String(text));
    return typeof message?.type === "string" ? message : null;
  } catch {
    return null; // A proxy's own text; nothing in it is for us, and the room goes on.
  }
}

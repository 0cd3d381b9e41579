// @ts-check
/** When to probe: a burst at the start and on suspicion, one probe every second at first and every two seconds later. */

import { ClientType } from "../protocol/protocol.js";

/** @import { Sample } from "./estimator.js" */

/** Enough for a lock (8) with some lost, and the bucket of the server (16 at once) is not emptied. */
const FIRST_BURST = 12;
/** After a break the window still knows the floor: six probes confirm it. */
const BURST = 6;
/** Far enough apart that one queue does not hold them all, near enough that twelve take half a second. */
const BURST_GAP_MS = 50;
/** Skew is learned in the first minute, while its error is the largest (bench-clock, p99 with Wi-Fi spikes: 0.42 → 0.27 ms). */
const SETTLING = 60;
const SETTLING_GAP_MS = 1000;
/** By then a skew that is 2 ppm wrong costs 4 µs between two probes; more of them would only find the floor sooner. */
const IDLE_GAP_MS = 2000;
/** Bursts in quicker succession would empty the server's bucket (10 a second, 16 at once). */
const MIN_BETWEEN_BURSTS_MS = 1500;
/** A dead path is not filled; eight at 50 ms allow a round trip of 400 ms without a pause. */
const MAX_OUTSTANDING = 8;
/** An answer this late tells nothing (the estimator's MAX_DELAY_MS). */
const TIMEOUT_MS = 3000;

/** @typedef {"suspicion" | "visible" | "renewed" | "sleep" | "asked"} BurstReason */
/** @typedef {{clientTimestamp: number, serverReceiveTime: number, serverSendTime: number, generation: number, errorMs: number}} Response */
/** Reasons after which the window is empty: as many probes as at the start. @type {ReadonlySet<BurstReason>} */
const AFRESH = new Set(/** @type {BurstReason[]} */ (["renewed", "sleep"]));

/**
 * @typedef {object} ProberParts
 * @property {(message: {type: "time:sync", clientTimestamp: number}) => unknown} send returns false when nothing could be sent
 * @property {() => number} now the local monotonic clock, in milliseconds
 * @property {(callback: () => void, delayMs: number) => number} setTimeout
 * @property {(timer: number) => void} clearTimeout
 * @property {(sample: Sample) => void} onSample
 */

/** The pause before the next probe while nothing happens. @param {number} sent probes sent so far */
export function gapMs(sent) {
  if (sent === 0) return 0;
  if (sent < FIRST_BURST) return BURST_GAP_MS;
  return sent < FIRST_BURST + SETTLING ? SETTLING_GAP_MS : IDLE_GAP_MS;
}

export class Prober {
  #parts;
  /** T1 of every unanswered probe, which is its matching key. @type {Set<number>} */
  #outstanding = new Set();
  /** @type {number | null} */
  #timer = null;
  #left = 0;
  /** Probes of the settling time that are still to come; a reconnect does not begin it anew. */
  #settling = SETTLING;
  #burstAtMs = -Infinity;
  #everStarted = false;

  /** @param {ProberParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** The socket is open. */
  start() {
    this.stop();
    this.#left = this.#everStarted ? BURST : FIRST_BURST;
    this.#everStarted = true;
    this.#burstAtMs = this.#parts.now();
    this.#tick();
  }

  /** The socket is gone, and with it every answer. */
  stop() {
    if (this.#timer !== null) this.#parts.clearTimeout(this.#timer);
    this.#timer = null;
    this.#outstanding.clear();
    this.#left = 0;
  }

  /** Looks again at once; ignored while stopped. @param {BurstReason} reason */
  burst(reason) {
    if (this.#timer === null) return;
    if (reason === "sleep") this.#outstanding.clear(); // their T1 is of before, their T4 would be of after
    const afresh = AFRESH.has(reason);
    if (!afresh && this.#parts.now() - this.#burstAtMs < MIN_BETWEEN_BURSTS_MS) return;
    this.#burstAtMs = this.#parts.now();
    this.#left = Math.max(this.#left, afresh ? FIRST_BURST : BURST);
    this.#parts.clearTimeout(this.#timer);
    this.#tick();
  }

  /** @param {Response} response @param {number} t4Ms local instant of its arrival */
  onResponse(response, t4Ms) {
    const t1Ms = response.clientTimestamp;
    if (!this.#outstanding.delete(t1Ms) || t4Ms - t1Ms > TIMEOUT_MS) return;
    this.#parts.onSample({
      t1Ms,
      t2Ms: response.serverReceiveTime,
      t3Ms: response.serverSendTime,
      t4Ms,
      generation: response.generation,
      errorMs: response.errorMs,
    });
  }

  #tick() {
    this.#expire();
    if (this.#outstanding.size < MAX_OUTSTANDING) this.#probe();
    this.#timer = this.#parts.setTimeout(() => this.#tick(), this.#gapMs());
  }

  #gapMs() {
    this.#left = Math.max(this.#left - 1, 0);
    if (this.#left > 0) return BURST_GAP_MS;
    if (this.#settling === 0) return IDLE_GAP_MS;
    this.#settling -= 1;
    return SETTLING_GAP_MS;
  }

  #expire() {
    const oldestMs = this.#parts.now() - TIMEOUT_MS;
    for (const t1Ms of this.#outstanding) if (t1Ms < oldestMs) this.#outstanding.delete(t1Ms);
  }

  /** T1 is read last, rounded to the wire's microsecond and made unique, as it is the key. */
  #probe() {
    let t1Ms = roundToMicrosecond(this.#parts.now());
    while (this.#outstanding.has(t1Ms)) t1Ms = roundToMicrosecond(t1Ms + 0.001);
    if (this.#parts.send({ type: ClientType.TIME_SYNC, clientTimestamp: t1Ms }) !== false) this.#outstanding.add(t1Ms);
  }
}

/** @param {number} ms */
function roundToMicrosecond(ms) {
  return Math.round(ms * 1000) / 1000;
}

// @ts-check
/** The rate that closes a drift without being heard: one planned correction at a time, and rest in between. */

import { Latency } from "./latency.js";
import { LearnedTrim } from "./learned-trim.js";
import { hasMoved, RateCheck } from "./rate-check.js";

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */
/** @typedef {{rate: number, preservesPitch: boolean}} Rate */
/**
 * driftS: of the film, positive is behind. velocity: the room's rate. gotRate: what the player says it does. sure: the drift was
 * watched for a while already. boundMs: of the clock.
 * @typedef {{driftS: number, velocity: number, localMs: number, hidden: boolean, live?: boolean, gotRate: number, sure?: boolean, boundMs?: number}} Now
 */
/**
 * rest: nothing to do. pulse: a trim whose end is computed beforehand. stretch: a large one with its pitch kept, until the drift is
 * gone. look: the player is left alone until what a correction did can be measured.
 * @typedef {{kind: "rest"}
 *   | {kind: "pulse" | "stretch", trim: number, driftS: number, velocity: number, sinceMs: number, untilMs: number}
 *   | {kind: "look", untilMs: number, done: Done}} Mode
 */
/** What a correction should have closed, where it began, and whether stretching ended with it. @typedef {{trim: number, expectedS: number, driftS: number, stretched: boolean}} Done */

/** Largest trim for a drift beyond the given size: 8 % only for what the eye sees, 0.3 % (5 cents) for the rest. */
const TIERS = Object.freeze([
  { beyondS: 0.04, limit: 0.08 },
  { beyondS: 0.015, limit: 0.03 },
  { beyondS: 0.005, limit: 0.01 },
  { beyondS: 0, limit: 0.003 },
]);
/** A pulse shorter than this would be ended by the luck of a timer. */
const SHORTEST_PULSE_S = 0.7;
/** Only this is worth keeping the pitch for: its beginning costs Chromium 14–29 ms of film, its end gives up to 12 back. */
const STRETCH_BEYOND_S = 0.04;
/** Film lost at the end of a stretch: measured −12 … −1 ms after faster ones, +1 … +4 after slower ones. */
const STRETCH_END_S = -0.005;
/** In a hidden page nobody sees the drift, but somebody hears the trim. */
const HIDDEN_LIMIT = 0.01;
/** Live players correct little and slowly: their buffer is short, their timeline coarse. */
const LIVE_LIMIT = 0.05;
/** How often in a row a drift must be seen before anything is done: one odd reading is none. */
const SEEN = 3;
const LARGE_SEEN = 2;
/** A drift that grew beyond this before it was seen was no oscillator's. */
const SLIGHT_S = 0.005;
/** A clock behind a long or restless path moves by a few milliseconds and back: at rest such a drift is left alone for so long. */
const SLIGHT_PATIENCE_MS = 8000;
const RESTLESS_BOUND_MS = 5;
/** From the end of a correction until its effect is in the measured position (a median of some frames). */
const LOOK_MS = 400;
const STRETCHED_LOOK_MS = 700;
/** A drift this far from its plan never heeded it, if it is nearer to where it began, and was disturbed otherwise: plan anew. */
const OFF_PLAN_S = 0.008;
const OFF_PLAN_PART = 0.5;
/**
 * Where each engine's currentTime is noise: a drift is left alone up to `leave`, and `noise` is what one look can be off
 * (measured for Chromium, the others from research/sync.md §3).
 */
const DEAD_ZONE_S = Object.freeze({
  chromium: { noise: 0.0007, leave: 0.002 },
  firefox: { noise: 0.008, leave: 0.015 },
  webkit: { noise: 0.06, leave: 0.12 },
});
/** A stretching player's currentTime jitters by ±8 ms, and every write of its rate costs some. */
const STRETCHED_DEAD_ZONE_S = Object.freeze({ noise: 0.004, leave: 0.012 });
/** Safari stutters at every change of rate: one correction in this time. */
const WEBKIT_REST_MS = 10_000;
/** So many times the noise tell whether a correction did anything. */
const TELLING = 2.5;
/** And a large one that has done nothing after so long will not. */
const TELLING_S = 1.5;
/** Ticks come every SYNC_INTERVAL: a pulse ends at the nearest. */
const HALF_TICK_MS = 50;

const REST = Object.freeze(/** @type {Mode} */ ({ kind: "rest" }));

export class Trim {
  #engine;
  #fastest;
  #slowest;
  /** @type {Mode} */
  #mode = REST;
  /** Drifts of the last ticks that called for the same direction. @type {number[]} */
  #seenS = [];
  /** Since when they do. @type {number | null} */
  #seenSinceMs = null;
  /** Whether it was in place since the last correction. */
  #rested = false;
  #restUntilMs = -Infinity;
  #learned = new LearnedTrim();
  #check = new RateCheck();
  #stretchEnd = new Latency(STRETCH_END_S, { leastS: -0.04, mostS: 0.06 });

  /** @param {{MAX_SPEEDUP: number, MAX_SLOWDOWN: number}} config @param {Engine} engine */
  constructor({ MAX_SPEEDUP, MAX_SLOWDOWN }, engine) {
    this.#engine = engine;
    this.#fastest = MAX_SPEEDUP - 1;
    this.#slowest = MAX_SLOWDOWN - 1;
  }

  /** After a seek or a start the old approach says nothing; what was learned about the device stays true. */
  reset() {
    this.#mode = REST;
    this.#seenS = [];
    this.#seenSinceMs = null;
    this.#rested = false;
    this.#learned.interrupt();
  }

  /** Whether this player does not do what it is told, so that only seeks help. @param {number} localMs */
  isRefused(localMs) {
    return this.#check.isRefused(localMs);
  }

  /** The rate without a correction. @param {number} velocity @returns {Rate} */
  plain(velocity) {
    return { rate: velocity * (1 + this.#learned.trim), preservesPitch: velocity !== 1 };
  }

  /** @param {Now} now @returns {Rate} */
  rate(now) {
    if (this.isRefused(now.localMs)) return this.plain(now.velocity);
    this.#goOn(now);
    if (this.#mode.kind === "rest") this.#consider(now);
    if (this.#mode.kind === "rest" || this.#mode.kind === "look") return this.plain(now.velocity);
    const { kind } = this.#mode;
    return { rate: now.velocity * (1 + this.#within(this.#learned.trim + this.#mode.trim)), preservesPitch: kind === "stretch" || now.velocity !== 1 };
  }

  /** Ends what is over. @param {Now} now */
  #goOn(now) {
    const mode = this.#mode;
    if (mode.kind === "rest") return;
    if (mode.kind === "look") {
      if (now.localMs >= mode.untilMs) this.#lookedAt(mode.done, now);
      return;
    }
    if (mode.velocity !== now.velocity) return this.reset();
    const gotTrim = now.gotRate / now.velocity - 1 - this.#learned.trim;
    const fresh = now.localMs === mode.sinceMs;
    if (!fresh && !this.#check.isDone(mode.trim, gotTrim, now.localMs)) return this.#end(mode, now, 0);
    const passedS = (now.localMs - mode.sinceMs) / 1000;
    const expectedS = now.velocity * gotTrim * passedS;
    if (mode.kind === "pulse") {
      // Rounded rates take more or less time than planned.
      const neededMs = (1000 * mode.driftS) / (now.velocity * gotTrim || 1);
      const untilMs = fresh ? mode.untilMs : mode.sinceMs + neededMs;
      const off = this.#isOffPlan(mode, now, expectedS);
      if (now.localMs + HALF_TICK_MS >= untilMs || off === "idle") this.#end(mode, now, expectedS);
      else if (off) this.reset();
      return;
    }
    const targetS = now.velocity === 1 ? -this.#stretchEnd.seconds : 0;
    const idle = passedS > TELLING_S && !hasMoved(mode.driftS - now.driftS, expectedS);
    const closed = Math.sign(mode.trim) * (now.driftS - targetS) <= now.velocity * Math.abs(gotTrim) * (HALF_TICK_MS / 1000);
    if (closed || idle || now.localMs >= mode.untilMs) this.#end(mode, now, expectedS);
  }

  /** Whether a pulse goes otherwise than planned: nothing moves, or something else does. @param {Extract<Mode, {trim: number}>} mode @param {Now} now @param {number} expectedS */
  #isOffPlan({ driftS }, now, expectedS) {
    const offPlanS = Math.abs(now.driftS - (driftS - expectedS));
    if (offPlanS <= Math.max(OFF_PLAN_S, this.#zone(now.velocity).leave, OFF_PLAN_PART * Math.abs(driftS))) return null;
    return Math.abs(now.driftS - driftS) < Math.min(offPlanS, Math.abs(driftS)) ? "idle" : "disturbed";
  }

  /** @param {Extract<Mode, {trim: number}>} mode @param {Now} now @param {number} expectedS */
  #end(mode, now, expectedS) {
    const stretched = mode.kind === "stretch" && now.velocity === 1;
    const lookMs = stretched || now.velocity !== 1 ? STRETCHED_LOOK_MS : LOOK_MS;
    this.#mode = { kind: "look", untilMs: now.localMs + lookMs, done: { trim: mode.trim, expectedS, driftS: mode.driftS, stretched } };
  }

  /** @param {Done} done @param {Now} now */
  #lookedAt({ trim, expectedS, driftS, stretched }, now) {
    this.reset();
    if (this.#engine === "webkit") this.#restUntilMs = now.localMs + WEBKIT_REST_MS;
    const isTold = Math.abs(expectedS) > TELLING * this.#zone(now.velocity).noise;
    if (isTold) this.#check.moved({ asked: trim, movedS: driftS - now.driftS, expectedS, localMs: now.localMs });
    if (stretched && Math.abs(now.driftS) < 2 * STRETCH_BEYOND_S) this.#stretchEnd.learn(now.driftS);
  }

  /** Plans a correction, if the drift has been seen often enough. @param {Now} now */
  #consider(now) {
    const { driftS, localMs, velocity } = now;
    const leaveS = Math.max(this.#zone(velocity).leave, this.#check.leastTrim * velocity * 0.3);
    const again = Math.abs(driftS) > leaveS && Math.sign(driftS) === Math.sign(this.#seenS.at(-1) ?? driftS);
    this.#seenS = again ? [...this.#seenS, driftS].slice(-SEEN) : [];
    if (Math.abs(driftS) <= leaveS) this.#rested = true;
    if (!again) {
      this.#seenSinceMs = null;
      return this.#learned.rests(driftS, localMs);
    }
    this.#seenSinceMs ??= localMs;
    const isPatient = this.#rested && Math.abs(driftS) < SLIGHT_S && (now.boundMs ?? 0) > RESTLESS_BOUND_MS;
    if (isPatient && localMs - this.#seenSinceMs < SLIGHT_PATIENCE_MS) return;
    const enough = now.sure ? 1 : Math.abs(driftS) > STRETCH_BEYOND_S ? LARGE_SEEN : SEEN;
    if (this.#seenS.length < enough || localMs < this.#restUntilMs) return;
    if (Math.abs(driftS) < SLIGHT_S) this.#learned.left(driftS, velocity, localMs);
    this.#plan(now, [...this.#seenS].sort((a, b) => a - b)[this.#seenS.length >> 1] ?? driftS);
    this.#seenS = [];
  }

  /** @param {Now} now @param {number} driftS */
  #plan({ velocity, localMs, hidden, live }, driftS) {
    const tier = TIERS.find(({ beyondS }) => Math.abs(driftS) > beyondS)?.limit ?? 0;
    const most = Math.min(Math.max(tier, this.#check.leastTrim), hidden ? HIDDEN_LIMIT : Infinity, live ? LIVE_LIMIT : Infinity);
    const gentle = Math.max(Math.abs(driftS) / (SHORTEST_PULSE_S * velocity), this.#check.leastTrim);
    const trim = this.#within(Math.sign(driftS) * Math.min(most, gentle));
    if (trim === 0) return;
    const kind = Math.abs(driftS) > STRETCH_BEYOND_S && !hidden ? "stretch" : "pulse";
    const needsMs = (1000 * driftS) / (velocity * trim);
    const untilMs = localMs + (kind === "stretch" ? 1.5 * needsMs + 1000 : needsMs);
    this.#mode = { kind, trim, driftS, velocity, sinceMs: localMs, untilMs };
  }

  /** The seed's limits. @param {number} trim */
  #within(trim) {
    return Math.min(this.#fastest, Math.max(this.#slowest, trim));
  }

  /** @param {number} velocity */
  #zone(velocity) {
    return velocity !== 1 && this.#engine === "chromium" ? STRETCHED_DEAD_ZONE_S : DEAD_ZONE_S[this.#engine];
  }
}

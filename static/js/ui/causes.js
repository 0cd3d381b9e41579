// @ts-check
/** Why a viewer is not in step, in words; pure. */

import { boundText } from "./format.js";
import { isMeasured } from "./status-words.js";

/** @import { Status } from "../protocol/protocol.js" */

/**
 * @typedef {"clock" | "network" | "buffering" | "hidden" | "blocked" | "local" | "rate" | "correcting"} CauseKind
 * @typedef {{kind: CauseKind, words: string}} Cause
 *
 * @typedef {object} Seen of one viewer
 * @property {string | null} name null: ourselves
 * @property {(Status & {rateRefused?: boolean}) | null} status null: nothing heard yet
 * @property {number} roomRate
 * @property {number} [stuckMs] for how long the drift has stood without a correction, see StuckWatch
 */

/** A clock known no better than this promises less than one picture of a cinema, 24 a second. */
const POOR_BOUND_MS = 42;
/** Half of the round trip is what the path may hide; more doubt than that is the clock's own. */
const PATH_SHARE = 0.7;
/** A drift that the law would surely correct. */
const STUCK_DRIFT_MS = 20;
/** Longer than any quiet after a control, and than a slow seek. */
const STUCK_AFTER_MS = 4000;
const SAME_RATE = 1e-4;

/**
 * @param {Seen} seen
 * @returns {Cause | null} null: in step, and there is nothing to say
 */
export function causeOf({ name, status, roomRate, stuckMs = 0 }) {
  const who = new Words(name);
  if (!status) return { kind: "clock", words: `${who.whose} clock is being set.` };
  switch (status.state) {
    case "hidden":
      return { kind: "hidden", words: `${who.whose} tab is in the background.` };
    case "blocked":
      return { kind: "blocked", words: `${who.whose} browser waits for a click before it plays.` };
    case "local":
      return { kind: "local", words: `${who.verb("watches", "watch")} on ${who.their} own.` };
    case "buffering":
      return { kind: "buffering", words: `${who.whose} film is loading: ${status.bufferS.toFixed(1)} s in hand.` };
  }
  const refused = status.rateRefused === true || stuckMs >= STUCK_AFTER_MS;
  if (refused && status.state === "adjusting") return { kind: "rate", words: `${who.whose} browser refuses speed changes.` };
  return doubt(who, status) ?? correction(who, status, roomRate);
}

/** @param {Words} who @param {Status} status @returns {Cause | null} */
function doubt(who, { boundMs, rttMs }) {
  if (!(boundMs > POOR_BOUND_MS)) return null;
  const bound = `±${boundText(boundMs)}`;
  return rttMs / 2 >= boundMs * PATH_SHARE
    ? { kind: "network", words: `${who.whose} network is slow: ${bound}.` }
    : { kind: "clock", words: `${who.whose} clock is not sure yet: ${bound}.` };
}

/** @param {Words} who @param {Status} status @param {number} roomRate @returns {Cause | null} */
function correction(who, { state, rate }, roomRate) {
  if (state === "seeking") return { kind: "correcting", words: `${who.verb("jumps", "jump")} to where the others are.` };
  if (state !== "adjusting") return null;
  const trim = rate / roomRate - 1;
  if (Math.abs(trim) < SAME_RATE) return { kind: "correcting", words: `${who.verb("is", "are")} finding the others.` };
  const speed = `${percent(trim)} ${trim > 0 ? "faster" : "slower"}`;
  return { kind: "correcting", words: `${who.verb("plays", "play")} ${speed} to ${trim > 0 ? "catch up" : "let the others catch up"}.` };
}

/**
 * What our own player does about its drift, for the instrument.
 * @param {Pick<Status, "state" | "rate">} status
 * @param {number} roomRate
 */
export function correctionText({ state, rate }, roomRate) {
  if (state === "seeking") return "jumps";
  if (!isMeasured(state)) return "waits";
  const trim = rate / roomRate - 1;
  return Math.abs(trim) < SAME_RATE ? "none" : `${percent(trim)} ${trim > 0 ? "faster" : "slower"}`;
}

/** @param {number} trim */
function percent(trim) {
  const size = Math.abs(trim) * 100;
  return `${size >= 1 ? Number(size.toFixed(1)) : Number(size.toFixed(2))} %`;
}

/** Names in sentences: "Ben’s", or "Your". */
class Words {
  #name;

  /** @param {string | null} name */
  constructor(name) {
    this.#name = name;
  }

  get whose() {
    return this.#name === null ? "Your" : `${this.#name}’s`;
  }

  get their() {
    return this.#name === null ? "your" : "their";
  }

  /** @param {string} theirs @param {string} ours */
  verb(theirs, ours) {
    return this.#name === null ? `You ${ours}` : `${this.#name} ${theirs}`;
  }
}

/** Notices whose drift stands while their speed is exactly the room's: a browser that takes no other. */
export class StuckWatch {
  /** @type {Map<string, number>} */
  #sinceMs = new Map();

  /**
   * @param {ReadonlyArray<{id: string, status: Status | null}>} viewers everybody, each time
   * @param {number} roomRate
   * @param {number} nowMs
   */
  note(viewers, roomRate, nowMs) {
    const stuck = viewers.filter(({ status }) => status && isStuck(status, roomRate)).map(({ id }) => id);
    this.#sinceMs = new Map(stuck.map((id) => [id, this.#sinceMs.get(id) ?? nowMs]));
  }

  /** @param {string} id @param {number} nowMs */
  stuckMs(id, nowMs) {
    return nowMs - (this.#sinceMs.get(id) ?? nowMs);
  }
}

/** @param {Status} status @param {number} roomRate */
function isStuck({ state, rate, driftMs }, roomRate) {
  return state === "adjusting" && Math.abs(driftMs) > STUCK_DRIFT_MS && Math.abs(rate / roomRate - 1) < SAME_RATE;
}

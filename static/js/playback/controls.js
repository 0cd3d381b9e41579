// @ts-check
/** What the room will decide about a control: PROTOCOL's "Controls, decided once", rules 1–4 and 7, with the server's own vectors. */

import { clampToFilm, fromVideoState, positionAt } from "./playhead.js";

/** @import { VideoVector } from "./playhead.js" */

/** The instant of a click counts this far back (a slow network) and ahead (a clock's error). */
const AT_OLDEST_MS = -1000;
const AT_NEWEST_MS = 100;
/** A viewer further off than this is lagging and may not drag the party. */
const OWN_POSITION_S = 0.25;

/**
 * The room's state as far as the rules need it; what the wire does not say may be missing.
 * waiting: the film stands for some viewers; lastControlAtMs: instant of the last control; seekSeq: seq of the last seek or source; sourceSeq: seq of the last source.
 * @typedef {VideoVector & {epoch?: string | number, seq?: number, lastControlAtMs?: number, seekSeq?: number, sourceSeq?: number, waiting?: boolean}} ControlState
 */
/**
 * baseEpoch: the epoch in which baseSeq was counted, known to the server from the sender's snapshot; missing means the room's own.
 * @typedef {{at?: number, baseSeq?: number, baseEpoch?: string | number}} Stamp
 */
/** @typedef {Stamp & {type: "video:play", currentTime?: number, leadMs?: number}} PlayIntent */
/** @typedef {Stamp & {type: "video:pause", currentTime?: number}} PauseIntent */
/** @typedef {Stamp & {type: "video:seek", time: number}} SeekIntent */
/** @typedef {Stamp & {type: "video:rate", rate: number}} RateIntent */
/** The room's own: valid only while the state is the one that armed it. @typedef {{type: "room:end", armedSeq: number}} EndIntent */
/** @typedef {PlayIntent | PauseIntent | SeekIntent | RateIntent | EndIntent} ControlIntent */
/** @typedef {{code: "stale" | "invalid_field", field?: string}} Refusal */
/** @typedef {Required<Pick<ControlState, "seq" | "lastControlAtMs" | "seekSeq" | "sourceSeq" | "waiting">>} Counters */
/**
 * @template {ControlState} S
 * @typedef {{state: S & Counters, refusal: null} | {state: null, refusal: Refusal}} Decision
 */

/**
 * @template {ControlState} S
 * @param {S} state
 * @param {ControlIntent} intent
 * @param {number} nowMs the room's now, on the media clock
 * @returns {Decision<S>}
 */
export function predict(state, intent, nowMs) {
  const known = withDefaults(state, nowMs);
  const refusal = refusalOf(known, intent, nowMs);
  if (refusal) return { state: null, refusal };
  if (intent.type === "room:end") return { state: ended(known), refusal: null };
  const atMs = instantOf(known, intent, nowMs);
  const vector = vectorAfter(known, intent, atMs, nowMs);
  const seq = known.seq + 1;
  const seekSeq = intent.type === "video:seek" ? seq : known.seekSeq;
  return { state: { ...known, ...vector, seq, seekSeq, lastControlAtMs: atMs }, refusal: null };
}

/** @template {ControlState} S @param {S} state @param {number} nowMs @returns {S & Counters} */
function withDefaults(state, nowMs) {
  const lastControlAtMs = state.lastControlAtMs ?? Math.min(state.serverTimestamp, nowMs);
  return { ...state, seq: state.seq ?? 0, seekSeq: state.seekSeq ?? 0, sourceSeq: state.sourceSeq ?? 0, waiting: state.waiting ?? false, lastControlAtMs };
}

/** @param {ControlState & Counters} state @param {ControlIntent} intent @param {number} nowMs @returns {Refusal | null} */
function refusalOf(state, intent, nowMs) {
  if (intent.type === "room:end") {
    const due = state.isPlaying && intent.armedSeq === state.seq && nowMs >= endsAtMs(state);
    return due ? null : { code: "stale" };
  }
  if (intent.type !== "video:seek") return null;
  if (isForeign(state, intent) || (intent.baseSeq ?? Infinity) < state.sourceSeq) return { code: "stale" };
  const inFilm = intent.time >= 0 && intent.time <= (state.duration ?? Infinity);
  return inFilm ? null : { code: "invalid_field", field: "time" };
}

/** Counted in another history: of another epoch, or ahead of this one. @param {ControlState & Counters} state @param {Stamp} intent */
function isForeign(state, intent) {
  if (intent.baseSeq === undefined) return false;
  return (intent.baseEpoch !== undefined && intent.baseEpoch !== state.epoch) || intent.baseSeq > state.seq;
}

/** Rule 1. @param {ControlState & Counters} state @param {Stamp} intent @param {number} nowMs */
function instantOf(state, intent, nowMs) {
  return Math.max(counts(intent.at, nowMs) ? intent.at : nowMs, state.lastControlAtMs);
}

/** @param {number | undefined} at @param {number} nowMs @returns {at is number} */
function counts(at, nowMs) {
  return at !== undefined && at - nowMs >= AT_OLDEST_MS && at - nowMs <= AT_NEWEST_MS;
}

/**
 * Rules 2–4.
 * @param {ControlState & Counters} state
 * @param {Exclude<ControlIntent, EndIntent>} intent
 * @param {number} atMs
 * @param {number} nowMs
 * @returns {Partial<VideoVector & {waiting: boolean}>}
 */
function vectorAfter(state, intent, atMs, nowMs) {
  const roomS = positionAt(fromVideoState(state), atMs);
  // A start that lies ahead is kept by everything but a pause.
  const fromMs = state.isPlaying ? Math.max(atMs, state.serverTimestamp) : atMs;
  switch (intent.type) {
    case "video:play":
      if (state.waiting) return {}; // It goes on without the laggards, but only the room knows when.
      if (atEnd(state, roomS)) return { ...startAt(0, intent, atMs), ended: false };
      if (state.isPlaying) return {};
      return startAt(ownOrRoomS(state, intent, roomS, nowMs), intent, atMs);
    case "video:pause":
      if (!state.isPlaying) return { waiting: false };
      return { isPlaying: false, currentTime: ownOrRoomS(state, intent, roomS, nowMs), serverTimestamp: atMs };
    case "video:seek":
      return { currentTime: intent.time, serverTimestamp: fromMs, ended: false };
    case "video:rate":
      return { currentTime: roomS, serverTimestamp: fromMs, rate: intent.rate };
  }
}

/** @param {ControlState} state @param {number} roomS */
function atEnd(state, roomS) {
  return state.ended === true || (state.duration != null && roomS >= state.duration);
}

/** A start together stands until the room says when it begins. @param {number} positionS @param {PlayIntent} intent @param {number} atMs */
function startAt(positionS, intent, atMs) {
  const together = (intent.leadMs ?? 0) > 0;
  return { isPlaying: !together, waiting: together, currentTime: positionS, serverTimestamp: atMs };
}

/** Rules 2 and 3. @param {ControlState & Counters} state @param {PlayIntent | PauseIntent} intent @param {number} roomS @param {number} nowMs */
function ownOrRoomS(state, intent, roomS, nowMs) {
  const outdated = isForeign(state, intent) || (intent.baseSeq ?? Infinity) < state.seekSeq;
  if (outdated || intent.currentTime === undefined || !counts(intent.at, nowMs)) return roomS;
  const ownS = clampToFilm(intent.currentTime, state.duration);
  return Math.abs(ownS - roomS) <= OWN_POSITION_S ? ownS : roomS;
}

/** @param {VideoVector} state */
function endsAtMs(state) {
  return state.duration == null ? Infinity : state.serverTimestamp + ((state.duration - state.currentTime) / state.rate) * 1000;
}

/** Rule 7. @template {ControlState & Counters} S @param {S} state @returns {S} */
function ended(state) {
  const atMs = endsAtMs(state);
  const currentTime = state.duration ?? state.currentTime;
  const lastControlAtMs = Math.max(state.lastControlAtMs, atMs);
  return { ...state, isPlaying: false, ended: true, currentTime, serverTimestamp: atMs, seq: state.seq + 1, lastControlAtMs };
}

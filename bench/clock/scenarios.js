// @ts-check
/** The paths, clocks and mishaps that every estimator goes through. */

/** @import { PathTraits } from "../../static/js/clock/simulated.js" */

/**
 * @typedef {object} Mishap  something that makes what was known before wrong
 * @property {"step" | "sleep" | "generation" | "route"} kind
 * @property {number} atMs true time
 * @property {number} [byMs] of a step of the local clock, or of the media clock under a new generation
 * @property {number} [forMs] of a sleep
 * @property {Partial<PathTraits>} [path] of a new route, both ways
 */
/** Figures to reach, of DESIGN §8 and research: milliseconds. @typedef {{p95Ms?: number, p99Ms?: number}} Goal */
/**
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string} about for people: what happens
 * @property {Partial<PathTraits>} up
 * @property {Partial<PathTraits>} down
 * @property {number} [resolutionMs] of the local clock, if coarser than usual
 * @property {number} [wanderPpm] of the local clock, if livelier than usual
 * @property {Mishap[]} [mishaps]
 * @property {Goal} [goal]
 * @property {boolean} [unseen] the error cannot be seen by any two-way exchange: no first fix is asked for
 */

export const DURATION_MS = 600_000;
const HALF_MS = DURATION_MS / 2;

const LAN = Object.freeze({ delayMs: 0.3, jitterMs: 0.3 });
const WAN = Object.freeze({ delayMs: 20, jitterMs: 1.5 });
const WIFI = Object.freeze({ delayMs: 5, jitterMs: 2, spikeShare: 0.15, spikeMs: 60 });
/** A queue of up to 200 ms: a third of a megabyte in front of 10 Mbit/s. */
const BLOAT = Object.freeze({ ...WAN, bloatMs: 200 });
const SYMMETRIC = Object.freeze({ p95Ms: 0.25, p99Ms: 0.4 });
const COARSE = Object.freeze({ p95Ms: 0.4 });

/** @type {readonly Scenario[]} */
export const SCENARIOS = Object.freeze([
  { id: "lan", title: "LAN", about: "0.3 ms each way, 0.3 ms of jitter", up: LAN, down: LAN, goal: SYMMETRIC },
  { id: "wan", title: "WAN 40 ms", about: "20 ms each way, 1.5 ms of jitter", up: WAN, down: WAN, goal: SYMMETRIC },
  {
    id: "wifi",
    title: "Wi-Fi spikes",
    about: "5 ms each way, 2 ms of jitter, every seventh message up to 60 ms late",
    up: WIFI,
    down: WIFI,
    goal: SYMMETRIC,
  },
  {
    id: "busy-tab",
    title: "busy tab",
    about: "as WAN, but answers wait while the page works: 40 ms of each 140",
    up: WAN,
    down: { ...WAN, stallMs: 40, stallEveryMs: 100 },
    goal: SYMMETRIC,
  },
  {
    id: "busy-server",
    title: "busy server",
    about: "as WAN, but questions wait while the server works: 25 ms of each 50, and 3 ms of jitter",
    up: { ...WAN, jitterMs: 3, stallMs: 25, stallEveryMs: 25 },
    down: WAN,
  },
  {
    id: "bloat",
    title: "bufferbloat up",
    about: "as WAN, and half of every minute a queue of 60–200 ms upwards",
    up: { ...BLOAT, bloatEveryMs: 60_000, bloatForMs: 30_000 },
    down: WAN,
    goal: { p99Ms: 2 },
  },
  {
    id: "queue",
    title: "permanent queue",
    about: "the same queue, which never drains",
    up: BLOAT,
    down: WAN,
    unseen: true,
  },
  { id: "asymmetric", title: "30/10 asymmetric", about: "30 ms up, 10 ms down", up: { ...WAN, delayMs: 30 }, down: { ...WAN, delayMs: 10 }, unseen: true },
  {
    id: "route",
    title: "route change",
    about: "as WAN; after 300 s 35 ms each way, after 450 s 12 ms",
    up: WAN,
    down: WAN,
    mishaps: [
      { kind: "route", atMs: HALF_MS, path: { delayMs: 35 } },
      { kind: "route", atMs: HALF_MS * 1.5, path: { delayMs: 12 } },
    ],
    goal: SYMMETRIC,
  },
  {
    id: "reordered",
    title: "reordered answers",
    about: "as WAN without order: every tenth message up to 80 ms late, 2 % lost",
    up: { ...WAN, spikeShare: 0.1, spikeMs: 80, lossShare: 0.02, ordered: false },
    down: { ...WAN, spikeShare: 0.1, spikeMs: 80, lossShare: 0.02, ordered: false },
    goal: SYMMETRIC,
  },
  {
    id: "generation",
    title: "new generation",
    about: "as WAN; after 300 s a new generation of the media clock, 40 ms on",
    up: WAN,
    down: WAN,
    mishaps: [{ kind: "generation", atMs: HALF_MS, byMs: 40 }],
  },
  {
    id: "step",
    title: "step of 40 ms",
    about: "as WAN; after 300 s the local clock jumps",
    up: WAN,
    down: WAN,
    mishaps: [{ kind: "step", atMs: HALF_MS, byMs: 40 }],
  },
  {
    id: "sleep",
    title: "sleep of 120 s",
    about: "as WAN; after 300 s the machine sleeps and its clock stands still",
    up: WAN,
    down: WAN,
    mishaps: [{ kind: "sleep", atMs: HALF_MS, forMs: 120_000 }],
  },
  { id: "warm", title: "LAN, warming up", about: "as LAN, and the skew swings by 3 ppm (rms) over minutes", up: LAN, down: LAN, wanderPpm: 3, goal: SYMMETRIC },
  { id: "lan-1ms", title: "LAN, 1 ms clock", about: "as LAN, read from a clock of 1 ms", up: LAN, down: LAN, resolutionMs: 1, goal: COARSE },
  { id: "wan-1ms", title: "WAN, 1 ms clock", about: "as WAN, likewise", up: WAN, down: WAN, resolutionMs: 1, goal: COARSE },
  { id: "wifi-1ms", title: "Wi-Fi, 1 ms clock", about: "as Wi-Fi, likewise", up: WIFI, down: WIFI, resolutionMs: 1, goal: COARSE },
]);

/** Constants were only ever chosen while looking at the first set. @typedef {{title: string, lives: {seed: number, skewPpm: number}[]}} SeedSet */

/** @type {SeedSet} */
export const TUNING = {
  title: "seeds that the constants were chosen with",
  lives: [0, 15, -30, 45, -60, 75, -90, 100].map((skewPpm, i) => ({ seed: i + 1, skewPpm })),
};

/** @type {SeedSet} */
export const HELD_OUT = {
  title: "seeds that nothing was chosen with",
  lives: [0, -20, 35, -50, 65, -80, 95, -100].map((skewPpm, i) => ({ seed: i + 9001, skewPpm })),
};

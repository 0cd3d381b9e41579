// @ts-check
/** How fast the local oscillator runs against the media clock, fitted from the best probe of each time bucket. */

/** Crystals are within ±100 ppm of each other, two thirds of them within this (research: Huygens 5–30, phones worse). */
export const PRIOR_PPM = 60;
/** How far the skew of before a step or a sleep is trusted: a machine that wakes is some degrees colder. */
const REMEMBERED_PPM = 10;
/** Beyond three standard deviations of both, what was remembered was of another clock. */
const SURPRISE = 3;
/** … if it is told by enough points: fewer may lie on a wrong line by chance, and look sure of it. */
const MIN_FOR_SURPRISE = 8;
/** No honest oscillator is further off (RFC 5905 allows a frequency of 500 ppm); beyond it the data are wrong. */
const LIMIT = 500e-6;
/** Buckets start at 1 s and double to 16 s, so that the fit looks back about 13 minutes at a bounded cost. */
const FIRST_BUCKET_MS = 1000;
const LAST_BUCKET_MS = 16000;
const MAX_BUCKETS = 48;
/** Fewer points or a shorter span say nothing that the prior does not say better; of fewer the noise cannot be told (Student's t has no variance). */
const MIN_BUCKETS = 5;
const MIN_SPAN_MS = 3000;
/**
 * chrony takes (median − minimum) of the delays as 0.7 standard deviations of the queueing noise. The lower quartile, 0.29 of them for
 * the same exponential noise, still finds the floor while a queue stands on most of the window (simulated: 7 → below 2 ms).
 */
const QUARTILE = 0.25;
const QUARTILE_TO_SD = 0.29;
/** A path without noise must not make one point count for all. */
const MIN_SD_MS = 0.01;
/** Two passes settle; three median deviations leave ordinary noise alone. */
const HUBER_PASSES = 2;
const HUBER_MADS = 3;

/** A bend is looked for among points with little queueing (within a standard deviation of the floor), if there are enough of them. */
const NARROW_WEIGHT = 0.25;
const MIN_FOR_BEND = 10;
/** So many standard deviations fewer runs than chance gives happen to a straight line once in forty times, and cost it its oldest bucket. */
const FEW_RUNS_SD = 2;

/** @typedef {{index: number, upperMs: number, upperAtMs: number, lowerMs: number, lowerAtMs: number}} Bucket */
/** A bound (or the middle of two) and how far it may lie from its floor. @typedef {{atMs: number, offsetMs: number, excessMs: number}} Point */
/** @typedef {{slope: number, meanAtMs: number, meanOffsetMs: number}} Line */
/** @typedef {{slope: number, variance: number}} Slope */
/** @typedef {{skew: number, error: number}} Skew  dimensionless (ms of offset per ms), positive while the media clock runs faster, with its standard error */

/** @type {Readonly<Skew>} */
const UNKNOWN = Object.freeze({ skew: 0, error: PRIOR_PPM * 1e-6 });

/**
 * Bounds come as two clouds, above and below the offset, with a clear strip between them; the skew is the slope of that strip. Huygens (NSDI'18)
 * lays a support vector machine between them; here it is a least-squares line along each edge, robust and weighted towards the edge.
 */
export class SkewFit {
  #resolutionMs;
  #bucketMs = FIRST_BUCKET_MS;
  /** @type {Bucket[]} */
  #buckets = [];
  /** What is believed before the buckets say anything. @type {Readonly<Skew>} */
  #prior = UNKNOWN;
  /** @type {Readonly<Skew>} */
  #result = UNKNOWN;

  /** @param {number} resolutionMs resolution of the local clock */
  constructor(resolutionMs) {
    this.#resolutionMs = resolutionMs;
  }

  /** The skew as known after the last probe. @returns {Readonly<Skew>} */
  get result() {
    return this.#result;
  }

  /** Forgets every probe, but not the oscillator: a clock that was set, or slept, runs on about as fast as before. */
  restart() {
    const { skew, error } = this.#result;
    this.#prior = Object.freeze({ skew, error: Math.min(Math.hypot(error, REMEMBERED_PPM * 1e-6), UNKNOWN.error) });
    this.#result = this.#prior;
    this.#buckets = [];
    this.#bucketMs = FIRST_BUCKET_MS;
  }

  /**
   * Takes one probe: its upper bound on the offset, true at T1, and its lower bound, true at T4.
   * @param {number} upperMs @param {number} upperAtMs @param {number} lowerMs @param {number} lowerAtMs
   */
  add(upperMs, upperAtMs, lowerMs, lowerAtMs) {
    const index = Math.floor(lowerAtMs / this.#bucketMs);
    this.#merge(this.#buckets, { index, upperMs, upperAtMs, lowerMs, lowerAtMs });
    if (this.#buckets.length > MAX_BUCKETS) this.#shrink();
    this.#result = this.#fit();
  }

  /** Each direction keeps its own winner: a queue on one way must not spoil the other. @param {Bucket[]} buckets @param {Bucket} next */
  #merge(buckets, next) {
    const held = buckets.at(-1);
    if (!held || held.index < next.index) {
      buckets.push({ ...next });
      return;
    }
    const { skew } = this.#result;
    if (next.upperMs < held.upperMs + skew * (next.upperAtMs - held.upperAtMs)) {
      held.upperMs = next.upperMs;
      held.upperAtMs = next.upperAtMs;
    }
    if (next.lowerMs > held.lowerMs + skew * (next.lowerAtMs - held.lowerAtMs)) {
      held.lowerMs = next.lowerMs;
      held.lowerAtMs = next.lowerAtMs;
    }
  }

  #shrink() {
    if (this.#bucketMs >= LAST_BUCKET_MS) {
      this.#buckets.shift();
      return;
    }
    this.#bucketMs *= 2;
    /** @type {Bucket[]} */
    const wider = [];
    for (const bucket of this.#buckets) this.#merge(wider, { ...bucket, index: Math.floor(bucket.index / 2) });
    this.#buckets = wider;
  }

  /**
   * Each direction has a slope of its own and says how sure it is of it: a queue on one way spoils only that way's slope (bench-clock: p99 with a
   * busy server 1.0 → 0.4 ms). How far a bound lies from its floor cannot be told without a slope: the middles of both bounds give a first one.
   * @returns {Readonly<Skew>}
   */
  #fit() {
    const first = this.#buckets[0];
    const last = this.#buckets.at(-1);
    if (!first || !last || this.#buckets.length < MIN_BUCKETS || last.lowerAtMs - first.lowerAtMs < MIN_SPAN_MS) return this.#prior;
    const middles = this.#middles();
    const rough = robustSlope(middles, this.#resolutionMs).slope;
    if (isBent(middles, rough)) this.#buckets.shift(); // one for each probe: a false alarm costs little
    const uppers = this.#buckets.map(({ upperMs, upperAtMs }) => ({ atMs: upperAtMs, offsetMs: upperMs, excessMs: upperMs - rough * upperAtMs }));
    const lowers = this.#buckets.map(({ lowerMs, lowerAtMs }) => ({ atMs: lowerAtMs, offsetMs: lowerMs, excessMs: rough * lowerAtMs - lowerMs }));
    const both = combine(robustSlope(uppers, this.#resolutionMs), robustSlope(lowers, this.#resolutionMs));
    const told = this.#buckets.length >= MIN_FOR_SURPRISE;
    const surprised = told && Math.abs(both.slope - this.#prior.skew) > SURPRISE * Math.hypot(this.#prior.error, Math.sqrt(both.variance));
    const { slope, variance } = combine(both, asSlope(surprised ? UNKNOWN : this.#prior));
    return Object.freeze({ skew: Math.min(LIMIT, Math.max(-LIMIT, slope)), error: Math.sqrt(variance) });
  }

  /** The middle of a bucket's two winners is true at the middle of their instants; their distance is the delay. @returns {Point[]} */
  #middles() {
    const { skew } = this.#result;
    return this.#buckets.map(({ upperMs, upperAtMs, lowerMs, lowerAtMs }) => ({
      atMs: (upperAtMs + lowerAtMs) / 2,
      offsetMs: (upperMs + lowerMs) / 2,
      excessMs: upperMs + skew * (lowerAtMs - upperAtMs) - lowerMs,
    }));
  }
}

/**
 * An oscillator that warms up bends the line: points then lie on one side of it in long runs. chrony looks at its regressions likewise.
 * @param {Point[]} points @param {number} slope
 */
function isBent(points, slope) {
  const weights = floorWeights(points);
  const narrow = points.filter((_, i) => (weights[i] ?? 0) >= NARROW_WEIGHT);
  const count = narrow.length;
  if (count < MIN_FOR_BEND) return false;
  const heights = narrow.map(({ atMs, offsetMs }) => offsetMs - slope * atMs);
  const middle = quantile(heights, 0.5);
  const sides = heights.map((height) => height > middle);
  const above = sides.filter(Boolean).length;
  const runs = sides.filter((side, i) => side !== sides[i - 1]).length;
  const expected = (2 * above * (count - above)) / count + 1; // Wald and Wolfowitz
  const sd = Math.sqrt(((expected - 1) * (expected - 2)) / (count - 1));
  return runs < expected - FEW_RUNS_SD * sd;
}

/** Two independent opinions made one: each counts by the other's variance. @param {Slope} one @param {Slope} other @returns {Slope} */
function combine(one, other) {
  const sum = one.variance + other.variance;
  return { slope: (one.slope * other.variance + other.slope * one.variance) / sum, variance: (one.variance * other.variance) / sum };
}

/** @param {Skew} skew @returns {Slope} */
function asSlope({ skew, error }) {
  return { slope: skew, variance: error ** 2 };
}

/** Weighted least squares, in which points far from the line count less at each pass (Huber). @param {Point[]} points @param {number} tickMs @returns {Slope} */
function robustSlope(points, tickMs) {
  const base = floorWeights(points);
  let weights = base;
  let line = fitLine(points, weights);
  for (let pass = 0; pass < HUBER_PASSES; pass += 1) {
    weights = huberWeights(points, base, line);
    line = fitLine(points, weights);
  }
  return { slope: line.slope, variance: slopeVariance(points, weights, line, tickMs) };
}

/** Points near the floor saw little queueing (chrony weighs its samples by their distance likewise). @param {Point[]} points */
function floorWeights(points) {
  const excesses = points.map(({ excessMs }) => excessMs);
  const floorMs = Math.min(...excesses);
  const sdMs = Math.max((quantile(excesses, QUARTILE) - floorMs) / QUARTILE_TO_SD, MIN_SD_MS);
  return excesses.map((excessMs) => 1 / (1 + (excessMs - floorMs) / sdMs) ** 2);
}

/** @param {Point[]} points @param {number[]} base @param {Line} line */
function huberWeights(points, base, line) {
  const sizes = points.map((point) => Math.abs(residual(point, line)));
  const limit = Math.max(HUBER_MADS * quantile(sizes, 0.5), MIN_SD_MS);
  return base.map((weight, i) => weight * Math.min(1, limit / Math.max(sizes[i] ?? 0, limit)));
}

/** @param {Point[]} points @param {number[]} weights @returns {Line} */
function fitLine(points, weights) {
  let sum = 0;
  let at = 0;
  let offset = 0;
  points.forEach((point, i) => {
    const weight = weights[i] ?? 0;
    sum += weight;
    at += weight * point.atMs;
    offset += weight * point.offsetMs;
  });
  const meanAtMs = at / sum;
  const meanOffsetMs = offset / sum;
  let above = 0;
  let below = 0;
  points.forEach((point, i) => {
    const x = point.atMs - meanAtMs;
    above += (weights[i] ?? 0) * x * (point.offsetMs - meanOffsetMs);
    below += (weights[i] ?? 0) * x * x;
  });
  return { slope: below > 0 ? above / below : 0, meanAtMs, meanOffsetMs };
}

/** @param {Point[]} points @param {number[]} weights @param {Line} line @param {number} tickMs */
function slopeVariance(points, weights, line, tickMs) {
  let squares = 0;
  let spread = 0;
  points.forEach((point, i) => {
    const weight = weights[i] ?? 0;
    squares += weight * residual(point, line) ** 2;
    spread += weight * (point.atMs - line.meanAtMs) ** 2;
  });
  const leastNoise = tickMs ** 2 / 12; // even a perfect path is seen through a ruler with ticks
  const freedom = points.length - 2;
  const few = freedom / (freedom - 2); // noise told from few points is itself uncertain: the variance of Student's t
  return (few * Math.max(squares / freedom, leastNoise)) / Math.max(spread, 1);
}

/** @param {Point} point @param {Line} line */
function residual(point, line) {
  return point.offsetMs - line.meanOffsetMs - line.slope * (point.atMs - line.meanAtMs);
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place % 1);
}

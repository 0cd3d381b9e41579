// @ts-check
/** How fast the local oscillator runs against the media clock, fitted from the best probe of each time bucket. */

/** Crystals are within ±100 ppm of each other, two thirds of them within this (research: Huygens 5–30, phones worse). */
export const PRIOR_PPM = 60;
/** No honest oscillator is further off; beyond it the data are wrong. */
const LIMIT_PPM = 500;
/** Buckets start at 1 s and double to 16 s, so that the fit looks back about 13 minutes at a bounded cost. */
const FIRST_BUCKET_MS = 1000;
const LAST_BUCKET_MS = 16000;
const MAX_BUCKETS = 48;
/** Fewer points or a shorter span say nothing that the prior does not say better. */
const MIN_BUCKETS = 4;
const MIN_SPAN_MS = 3000;
/**
 * chrony takes (median − minimum) of the delays as 0.7 standard deviations of the queueing noise. The lower quartile, 0.29 of them for
 * the same exponential noise, still finds the floor while a queue stands on most of the window (simulated: 7 → below 2 ms).
 */
const QUARTILE = 0.25;
const QUARTILE_TO_SD = 0.29;
const MIN_SD_MS = 0.01;
const HUBER_PASSES = 2;
const HUBER_MADS = 3;

/** @typedef {{index: number, upperMs: number, upperAtMs: number, lowerMs: number, lowerAtMs: number}} Bucket */
/** @typedef {{atMs: number, offsetMs: number, widthMs: number}} Point */
/** @typedef {{skew: number, error: number}} Skew  dimensionless (ms per ms), with its standard error */

/** @type {Readonly<Skew>} */
const UNKNOWN = Object.freeze({ skew: 0, error: PRIOR_PPM * 1e-6 });

export class SkewFit {
  #resolutionMs;
  #bucketMs = FIRST_BUCKET_MS;
  /** @type {Bucket[]} */
  #buckets = [];
  /** @type {Readonly<Skew>} */
  #result = UNKNOWN;

  /** @param {number} resolutionMs resolution of the local clock */
  constructor(resolutionMs) {
    this.#resolutionMs = resolutionMs;
  }

  /** @returns {Readonly<Skew>} */
  get result() {
    return this.#result;
  }

  reset() {
    this.#buckets = [];
    this.#bucketMs = FIRST_BUCKET_MS;
    this.#result = UNKNOWN;
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

  /** @returns {Readonly<Skew>} */
  #fit() {
    const points = this.#buckets.map((bucket) => this.#point(bucket));
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last || points.length < MIN_BUCKETS || last.atMs - first.atMs < MIN_SPAN_MS) return UNKNOWN;
    const base = widthWeights(points);
    let weights = base;
    let line = fitLine(points, weights);
    for (let pass = 0; pass < HUBER_PASSES; pass += 1) {
      weights = huberWeights(points, base, line);
      line = fitLine(points, weights);
    }
    return shrinkToPrior(line.slope, this.#slopeVariance(points, weights, line));
  }

  /** The middle of a bucket's two winners is true at the middle of their instants. @param {Bucket} bucket @returns {Point} */
  #point({ upperMs, upperAtMs, lowerMs, lowerAtMs }) {
    const widthMs = upperMs + this.#result.skew * (lowerAtMs - upperAtMs) - lowerMs;
    return { atMs: (upperAtMs + lowerAtMs) / 2, offsetMs: (upperMs + lowerMs) / 2, widthMs };
  }

  /** @param {Point[]} points @param {number[]} weights @param {Line} line */
  #slopeVariance(points, weights, line) {
    let squares = 0;
    let spread = 0;
    points.forEach((point, i) => {
      const weight = weights[i] ?? 0;
      squares += weight * residual(point, line) ** 2;
      spread += weight * (point.atMs - line.meanAtMs) ** 2;
    });
    const floor = this.#resolutionMs ** 2 / 12; // even a perfect path is seen through a ruler with ticks
    const noise = Math.max(squares / (points.length - 2), floor);
    return noise / Math.max(spread, 1);
  }
}

/** Narrow probes saw little queueing. @param {Point[]} points */
function widthWeights(points) {
  const widths = points.map((point) => point.widthMs);
  const least = Math.min(...widths);
  const sd = Math.max((quantile(widths, QUARTILE) - least) / QUARTILE_TO_SD, MIN_SD_MS);
  return widths.map((width) => 1 / (1 + (width - least) / sd) ** 2);
}

/** @param {Point[]} points @param {number[]} base @param {Line} line */
function huberWeights(points, base, line) {
  const sizes = points.map((point) => Math.abs(residual(point, line)));
  const limit = Math.max(HUBER_MADS * quantile(sizes, 0.5), MIN_SD_MS);
  return base.map((weight, i) => weight * Math.min(1, limit / Math.max(sizes[i] ?? 0, limit)));
}

/** @typedef {{slope: number, meanAtMs: number, meanOffsetMs: number}} Line */

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

/** @param {Point} point @param {Line} line */
function residual(point, line) {
  return point.offsetMs - line.meanOffsetMs - line.slope * (point.atMs - line.meanAtMs);
}

/** @param {number} slope @param {number} variance @returns {Readonly<Skew>} */
function shrinkToPrior(slope, variance) {
  const prior = (PRIOR_PPM * 1e-6) ** 2;
  const gain = prior / (prior + variance);
  const limit = LIMIT_PPM * 1e-6;
  const skew = Math.min(limit, Math.max(-limit, gain * slope));
  return Object.freeze({ skew, error: Math.sqrt(gain * variance) });
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place % 1);
}

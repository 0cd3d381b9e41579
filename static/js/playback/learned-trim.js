// @ts-check
/** The constant by which a device's media oscillator runs off, learned while nothing is corrected, so that rest lasts. */

/** Oscillators of sound devices: ±100 ppm is bad, more than this is something else. */
const MOST = 300e-6;
/** Below this no trim is set: an untouched rate is not resampled, and takes a minute to leave the dead zone. */
const LEAST = 20e-6;
/** The rest after which half of a slope is believed; a short one may be the clock's own wander. */
const BELIEVED_MS = 20_000;
const GAIN = 0.5;
/** The first readings of a rest, whose mean is where it began. */
const FIRST = 5;

export class LearnedTrim {
  #trim = 0;
  /** @type {{sumS: number, sumMs: number, count: number} | null} */
  #began = null;

  /** Part of the rate; 0 where it is too small to matter. */
  get trim() {
    return Math.abs(this.#trim) < LEAST ? 0 : this.#trim;
  }

  /** The player was moved: the present rest says nothing. */
  interrupt() {
    this.#began = null;
  }

  /** Another tick at rest. @param {number} driftS @param {number} localMs */
  rests(driftS, localMs) {
    this.#began ??= { sumS: 0, sumMs: 0, count: 0 };
    if (this.#began.count >= FIRST) return;
    this.#began.sumS += driftS;
    this.#began.sumMs += localMs;
    this.#began.count += 1;
  }

  /** The drift has left the dead zone: how fast tells how far the oscillator is off. @param {number} driftS @param {number} velocity @param {number} localMs */
  left(driftS, velocity, localMs) {
    const began = this.#began;
    this.#began = null;
    if (!began || began.count < FIRST) return;
    const lastedMs = localMs - began.sumMs / began.count;
    const slope = (driftS - began.sumS / began.count) / ((velocity * lastedMs) / 1000);
    const gain = GAIN * Math.min(lastedMs / BELIEVED_MS, 1);
    this.#trim = within(this.#trim + gain * within(slope));
  }
}

/** @param {number} trim */
function within(trim) {
  return Math.min(Math.max(trim, -MOST), MOST);
}

// @ts-check
/**
 * Injected before the own scripts of a page or a Worker: bends their clocks by a given offset and skew,
 * and reads the film's frame index from the picture against the true clock.
 */

(() => {
  const trueOriginMs = performance.timeOrigin;
  const truePassedMs = performance.now.bind(performance);
  /** @type {[number, number, number | null][]} */
  let samples = [];
  let reading = false;

  /**
   * Frame callbacks keep their times.
   * @param {number} offsetMs
   * @param {number} [skewPpm] parts per million too fast
   */
  function bendClocks(offsetMs, skewPpm = 0) {
    const trueDateMs = Date.now;
    const skew = skewPpm * 1e-6;
    Object.defineProperty(performance, "timeOrigin", { get: () => trueOriginMs + offsetMs });
    if (skew) performance.now = () => truePassedMs() * (1 + skew);
    Date.now = () => trueDateMs() + offsetMs + skew * truePassedMs();
  }

  async function read() {
    const { readFrameIndex } = await import("/static/js/playback/frame-index.js");
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    const scratch = document.createElement("canvas");
    return { video, frameIndex: () => readFrameIndex(video, scratch)?.index ?? null };
  }

  /** Notes [true instant ms, rate, index] of each frame that is presented from now on. */
  async function start() {
    samples = [];
    if (reading) return;
    reading = true;
    const { video, frameIndex } = await read();
    /** @type {VideoFrameRequestCallback} */
    const onFrame = (_, { expectedDisplayTime }) => {
      samples.push([trueOriginMs + expectedDisplayTime, video.playbackRate, frameIndex()]);
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
  }

  Object.assign(globalThis, {
    ruler: {
      bendClocks,
      originMs: trueOriginMs,
      start,
      take: () => samples,
      now: () => trueOriginMs + truePassedMs(),
      still: async () => (await read()).frameIndex(),
    },
  });
})();

// @ts-check
/**
 * Injected before a page's own scripts: bends this browser's clocks by a given offset, and reads the
 * film's frame index from the picture against the true clock.
 */

(() => {
  const trueOriginMs = performance.timeOrigin;
  /** @type {[number, number, number | null][]} */
  let samples = [];
  let reading = false;

  /** @param {number} offsetMs */
  function bendClocks(offsetMs) {
    const trueNow = Date.now;
    Object.defineProperty(performance, "timeOrigin", { get: () => trueOriginMs + offsetMs });
    Date.now = () => trueNow() + offsetMs;
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

  Object.assign(window, {
    ruler: {
      bendClocks,
      start,
      take: () => samples,
      now: () => trueOriginMs + performance.now(),
      still: async () => (await read()).frameIndex(),
    },
  });
})();

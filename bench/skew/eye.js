// @ts-check
/**
 * Goes behind bent.js into a room's page: reads the player's position and the index in its picture beside the true clock, counts what is
 * asked of the player, and disturbs it on demand. The measurement calls what it leaves in `eye`.
 */

(() => {
  /** @type {{unbent: {now: () => number, onVideoFrame: (video: HTMLVideoElement, run: VideoFrameRequestCallback) => number}}} */
  const { unbent } = /** @type {any} */ (globalThis);
  const READ_EVERY_MS = 20;
  const COUNT_EVERY_MS = 500;

  /** [true ms, how long the reading took, position s, rate, moving]. @type {[number, number, number, number, boolean][]} */
  const positions = [];
  /** [true ms of display, index or null, film time s]. @type {[number, number | null, number][]} */
  const frames = [];
  /** Seeks asked for: [true ms, position s]. @type {[number, number][]} */
  const seeks = [];
  /** Rates asked for: [true ms, rate]. @type {[number, number][]} */
  const rates = [];
  /** [true ms, frames dropped, frames in all]. @type {[number, number, number][]} */
  const counts = [];
  /** When the page said that it was in the room. @type {number | null} */
  let joinedMs = null;
  let refusesRates = false;
  let disturbing = false;

  const film = () => document.querySelector("video");

  function read() {
    const video = film();
    if (joinedMs === null && document.documentElement?.dataset.phase === "joined") joinedMs = unbent.now();
    if (video && video.readyState > 0) {
      const beforeMs = unbent.now();
      const positionS = video.currentTime;
      const afterMs = unbent.now();
      const moving = !video.paused && !video.seeking && !video.ended && video.readyState > 2;
      positions.push([(beforeMs + afterMs) / 2, afterMs - beforeMs, positionS, video.playbackRate, moving]);
    }
    setTimeout(read, READ_EVERY_MS);
  }

  function count() {
    const quality = film()?.getVideoPlaybackQuality();
    if (quality) counts.push([unbent.now(), quality.droppedVideoFrames, quality.totalVideoFrames]);
    setTimeout(count, COUNT_EVERY_MS);
  }

  /** @param {"currentTime" | "playbackRate"} name @param {(value: number) => boolean} onWrite whether the write happens */
  function watchWrites(name, onWrite) {
    const found = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name));
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      ...found,
      /** @param {number} value */
      set(value) {
        if (onWrite(value)) found.set?.call(this, value);
      },
    });
  }

  watchWrites("currentTime", (value) => {
    if (!disturbing) seeks.push([unbent.now(), value]);
    return true;
  });
  watchWrites("playbackRate", (value) => {
    rates.push([unbent.now(), value]);
    return !refusesRates;
  });

  // The player must not take the disturbance for something that its viewer did.
  addEventListener(
    "seeking",
    (event) => {
      if (disturbing) event.stopImmediatePropagation();
      disturbing = false;
    },
    true,
  );

  async function watchPicture() {
    const { readFrameIndex } = await import(/** @type {any} */ ("/static/js/playback/frame-index.js"));
    const video = /** @type {HTMLVideoElement} */ (film());
    const scratch = document.createElement("canvas");
    const index = () => readFrameIndex(video, scratch)?.index ?? null;
    /** @type {VideoFrameRequestCallback} */
    const onFrame = (_, { expectedDisplayTime, mediaTime }) => {
      unbent.onVideoFrame(video, onFrame);
      frames.push([expectedDisplayTime, index(), mediaTime]);
    };
    unbent.onVideoFrame(video, onFrame);
    return index;
  }

  addEventListener("DOMContentLoaded", () => {
    if (!film()) return;
    const picture = watchPicture();
    eye.still = async () => (await picture)();
    read();
    count();
  });

  const eye = {
    now: unbent.now,
    /** From now on rates are asked for in vain. */
    refuseRates: () => void (refusesRates = true),
    /** Moves the film as a fault of the player would. @param {number} byS @returns {number} true ms */
    disturb(byS) {
      const video = /** @type {HTMLVideoElement} */ (film());
      disturbing = true;
      video.currentTime += byS;
      return unbent.now();
    },
    /** The index in the picture that stands there. @returns {Promise<number | null>} */
    still: async () => null,
    take: () => ({ positions, frames, seeks, rates, counts, joinedMs }),
  };
  Object.assign(globalThis, { eye });
})();

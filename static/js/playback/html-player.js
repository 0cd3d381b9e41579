// @ts-check
/** The HTML media element behind the interface that steering drives; it knows which changes were ours. */

/** Below this a write of currentTime and its read-back are the same position. */
const SAME_S = 0.01;

/**
 * What steering needs of any player (HTML, HLS, YouTube).
 * Events: `userplay`, `userpause`, `userseek` (changed without us: media keys, headset, picture-in-picture), `blocked`,
 * `ready` (can play or has sought), `stall`, `failed`.
 * @typedef {object} MediaPlayer
 * @property {number} positionS
 * @property {number} rate what the player really does
 * @property {boolean} paused
 * @property {boolean} seeking
 * @property {boolean} ended
 * @property {number} readyState as of HTMLMediaElement
 * @property {number | null} durationS
 * @property {ReadonlyArray<Range>} buffered
 * @property {number} bufferAheadS
 * @property {number} droppedFrames
 * @property {() => Promise<PlayResult>} play never rejects
 * @property {() => void} pause
 * @property {(positionS: number) => void} seek
 * @property {(rate: number, preservesPitch: boolean) => void} setRate
 * @property {(callback: (mediaS: number, shownAtMs: number) => void) => () => void} onFrame
 * @property {(type: string, listener: (event: Event) => void) => void} addEventListener
 * @property {(type: string, listener: (event: Event) => void) => void} removeEventListener
 */
/** @typedef {{startS: number, endS: number}} Range */
/** blocked: the browser wants a gesture first. @typedef {{blocked: boolean, started: boolean}} PlayResult */

/** @implements {MediaPlayer} */
export class HtmlPlayer extends EventTarget {
  #video;
  #toLocal;
  /** What we last asked for; anything else was somebody else's doing. */
  #wantsPlaying;
  /** @type {number | null} */
  #soughtS = null;
  #listening = new AbortController();

  /** @param {HTMLVideoElement} video @param {{toLocal?: (pageMs: number) => number}} [options] toLocal: from `performance.now()` to the local clock */
  constructor(video, { toLocal = (pageMs) => pageMs } = {}) {
    super();
    this.#video = video;
    this.#toLocal = toLocal;
    this.#wantsPlaying = !video.paused;
    this.#listen("play", () => this.#noticePlay());
    this.#listen("pause", () => this.#noticePause());
    this.#listen("seeking", () => this.#noticeSeek());
    this.#listen("emptied", () => this.#noticeEmptied());
    for (const type of ["seeked", "canplay", "playing", "loadedmetadata"]) this.#listen(type, () => this.#tell("ready"));
    this.#listen("waiting", () => this.#tell("stall"));
    this.#listen("error", () => this.#tell("failed", { code: video.error?.code ?? 0, message: video.error?.message ?? "" }));
  }

  /** Lets go of the element. */
  stop() {
    this.#listening.abort();
  }

  get positionS() {
    return this.#video.currentTime;
  }

  get rate() {
    return this.#video.playbackRate;
  }

  get paused() {
    return this.#video.paused;
  }

  get seeking() {
    return this.#video.seeking;
  }

  get ended() {
    return this.#video.ended;
  }

  get readyState() {
    return this.#video.readyState;
  }

  /** Null while unknown and for live films. */
  get durationS() {
    const { duration } = this.#video;
    return Number.isFinite(duration) ? duration : null;
  }

  /** @returns {Range[]} */
  get buffered() {
    const ranges = this.#video.buffered;
    return Array.from({ length: ranges.length }, (_, i) => ({ startS: ranges.start(i), endS: ranges.end(i) }));
  }

  /** Seconds that can be played without the network. */
  get bufferAheadS() {
    const at = this.positionS;
    const range = this.buffered.find(({ startS, endS }) => startS <= at + SAME_S && at <= endS);
    return range ? Math.max(range.endS - at, 0) : 0;
  }

  get droppedFrames() {
    return this.#video.getVideoPlaybackQuality?.().droppedVideoFrames ?? 0;
  }

  /** @returns {Promise<PlayResult>} */
  async play() {
    this.#wantsPlaying = true;
    if (this.#video.ended) this.#soughtS = 0; // the browser goes back to the start by itself
    try {
      await this.#video.play();
      return { blocked: false, started: true };
    } catch (error) {
      return this.#refused(error);
    }
  }

  pause() {
    this.#wantsPlaying = false;
    this.#video.pause();
  }

  /** @param {number} positionS */
  seek(positionS) {
    // It has stopped by itself at its end; its `pause` event may come after this seek, when `ended` is false again.
    if (this.#video.ended) this.#wantsPlaying = false;
    this.#soughtS = positionS;
    this.#video.currentTime = positionS;
  }

  /**
   * Unpitched trims are exact and lose nothing; stretching for a while costs Chromium 16–25 ms (research/sync.md §3).
   * @param {number} rate @param {boolean} preservesPitch
   */
  setRate(rate, preservesPitch) {
    if (this.#video.preservesPitch !== preservesPitch) this.#video.preservesPitch = preservesPitch;
    if (this.#video.playbackRate === rate) return;
    try {
      this.#video.playbackRate = rate;
    } catch {
      // NotSupportedError: this engine cannot go that fast; the reader of `rate` sees what it does instead.
    }
  }

  /**
   * Calls back with the film time of every picture shown and the local instant of its display, where the browser can tell.
   * @param {(mediaS: number, shownAtMs: number) => void} callback
   * @returns {() => void} stop
   */
  onFrame(callback) {
    const video = this.#video;
    if (typeof video.requestVideoFrameCallback !== "function") return () => {};
    /** @type {number} */
    let handle;
    /** @type {VideoFrameRequestCallback} */
    const onFrame = (_now, { mediaTime, expectedDisplayTime }) => {
      handle = video.requestVideoFrameCallback(onFrame);
      callback(mediaTime, this.#toLocal(expectedDisplayTime));
    };
    handle = video.requestVideoFrameCallback(onFrame);
    return () => video.cancelVideoFrameCallback(handle);
  }

  /** @param {unknown} error @returns {PlayResult} */
  #refused(error) {
    const name = error instanceof DOMException || error instanceof Error ? error.name : "";
    if (name === "AbortError") return { blocked: false, started: false }; // a pause or a new film came in between
    this.#wantsPlaying = false;
    if (name !== "NotAllowedError") {
      this.#tell("failed", { code: 0, message: String(error) });
      return { blocked: false, started: false };
    }
    this.#tell("blocked");
    return { blocked: true, started: false };
  }

  /** Events arrive late: only a state that still differs from our wish was not ours. */
  #noticePlay() {
    if (this.#video.paused || this.#wantsPlaying) return;
    this.#wantsPlaying = true;
    this.#tell("userplay");
  }

  #noticePause() {
    if (!this.#video.paused || !this.#wantsPlaying) return;
    this.#wantsPlaying = false;
    if (!this.#video.ended) this.#tell("userpause");
  }

  #noticeSeek() {
    const positionS = this.#video.currentTime;
    const oursS = Math.min(this.#soughtS ?? Infinity, this.durationS ?? Infinity); // a seek past the end stops there
    const ours = this.#soughtS !== null && Math.abs(positionS - oursS) < SAME_S;
    if (!ours) this.#tell("userseek", { positionS });
  }

  #noticeEmptied() {
    this.#wantsPlaying = false;
    this.#soughtS = null;
  }

  /** @param {string} type @param {() => void} listener */
  #listen(type, listener) {
    this.#video.addEventListener(type, listener, { signal: this.#listening.signal });
  }

  /** @param {string} type @param {object} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

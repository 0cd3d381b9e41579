// @ts-check
/** The media element's adapter: refusals of the browser, and whose doing a change was. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { HtmlPlayer } from "../../static/js/playback/html-player.js";

class FakeVideo extends EventTarget {
  currentTime = 0;
  playbackRate = 1;
  preservesPitch = true;
  paused = true;
  seeking = false;
  ended = false;
  readyState = 4;
  duration = 90;
  error = null;
  /** @type {Error | null} */
  refusal = null;
  buffered = { length: 1, start: () => 0, end: () => 40 };

  async play() {
    if (this.refusal) throw this.refusal;
    this.paused = false;
  }

  pause() {
    this.paused = true;
  }

  /** @param {string} type */
  fire(type) {
    this.dispatchEvent(new Event(type));
  }
}

function build() {
  const video = new FakeVideo();
  const player = new HtmlPlayer(/** @type {HTMLVideoElement} */ (/** @type {unknown} */ (video)));
  /** @type {string[]} */
  const told = [];
  for (const type of ["userplay", "userpause", "userseek", "blocked", "failed", "ready", "stall"]) {
    player.addEventListener(type, () => told.push(type));
  }
  return { video, player, told };
}

test("a refused autoplay is a result and an event, never a rejection", async () => {
  const { video, player, told } = build();
  video.refusal = new DOMException("no gesture", "NotAllowedError");
  assert.deepEqual(await player.play(), { blocked: true, started: false });
  assert.deepEqual(told, ["blocked"]);
});

test("a start that a pause overtook is not blocked", async () => {
  const { video, player, told } = build();
  video.refusal = new DOMException("interrupted", "AbortError");
  assert.deepEqual(await player.play(), { blocked: false, started: false });
  assert.deepEqual(told, []);
});

test("a film that cannot be played is told as failed", async () => {
  const { video, player, told } = build();
  video.refusal = new DOMException("no decoder", "NotSupportedError");
  assert.deepEqual(await player.play(), { blocked: false, started: false });
  assert.deepEqual(told, ["failed"]);
});

test("a rate that the engine refuses is read back as what it does", () => {
  const { video, player } = build();
  Object.defineProperty(video, "playbackRate", {
    get: () => 1,
    set: () => {
      throw new DOMException("too fast", "NotSupportedError");
    },
  });
  player.setRate(16, true);
  assert.equal(player.rate, 1);
});

test("our own play and pause are nobody else's", async () => {
  const { video, player, told } = build();
  await player.play();
  video.fire("play");
  player.pause();
  video.fire("pause");
  assert.deepEqual(told, []);
});

test("late events of a pause and a play in one breath are nobody else's", async () => {
  const { video, player, told } = build();
  await player.play();
  player.pause();
  await player.play();
  for (const type of ["play", "pause", "play"]) video.fire(type);
  assert.deepEqual(told, []);
});

test("a pause by a media key is the user's", async () => {
  const { video, player, told } = build();
  await player.play();
  video.paused = true;
  video.fire("pause");
  assert.deepEqual(told, ["userpause"]);
});

test("a play by a media key is the user's", () => {
  const { video, told } = build();
  video.paused = false;
  video.fire("play");
  assert.deepEqual(told, ["userplay"]);
});

test("the pause at the end of the film is nobody's", async () => {
  const { video, player, told } = build();
  await player.play();
  video.paused = true;
  video.ended = true;
  video.fire("pause");
  assert.deepEqual(told, []);
});

test("nor is it when the room seeks before the event comes", async () => {
  const { video, player, told } = build();
  await player.play();
  video.paused = true;
  video.ended = true;
  player.seek(0);
  video.ended = false;
  video.fire("pause");
  assert.deepEqual(told, []);
});

test("our own seek is not the user's, another one is", () => {
  const { video, player, told } = build();
  player.seek(20);
  video.fire("seeking");
  assert.deepEqual(told, []);
  video.currentTime = 33;
  video.fire("seeking");
  assert.deepEqual(told, ["userseek"]);
});

test("our own seek past the end stops at the end and is still ours", () => {
  const { video, player, told } = build();
  player.seek(91);
  video.currentTime = 90;
  video.fire("seeking");
  assert.deepEqual(told, []);
});

test("pitch is set with the rate", () => {
  const { video, player } = build();
  player.setRate(1.003, false);
  assert.equal(video.playbackRate, 1.003);
  assert.equal(video.preservesPitch, false);
});

test("what is loaded is told in seconds", () => {
  const { video, player } = build();
  video.currentTime = 10;
  assert.deepEqual(player.buffered, [{ startS: 0, endS: 40 }]);
  assert.equal(player.bufferAheadS, 30);
});

test("a live film has no duration", () => {
  const { video, player } = build();
  video.duration = Infinity;
  assert.equal(player.durationS, null);
});

test("a browser that tells of no pictures is asked for none", () => {
  const { player } = build();
  assert.doesNotThrow(player.onFrame(() => {}));
});

test("after stop the element is no longer watched", () => {
  const { video, player, told } = build();
  player.stop();
  video.paused = false;
  video.fire("play");
  assert.deepEqual(told, []);
});

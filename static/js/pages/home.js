// @ts-check
/** The first page: two real followers, each with a wrong clock of its own, on one film. */

import { readFrameIndex } from "../playback/frame-index.js";
import { HtmlPlayer } from "../playback/html-player.js";
import { Steering } from "../playback/steering.js";
import { timeZone } from "../room/identity.js";
import { windowLink } from "../room/link.js";
import { mountDuo } from "../ui/duo.js";
import { need, part } from "../ui/dom.js";
import { mountSmallClock } from "../ui/small-clock.js";
import { ZoneTime, readsTwelveHours } from "../ui/zone-time.js";
import { byId, calm, engine, intervals, newLoop, now, readConfig, resolutionMs, socketUrl, timers } from "./browser.js";
import { startTheme } from "./start-theme.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { SyncConfig } from "../playback/follower.js" */
/** @import { Playhead } from "../playback/playhead.js" */
/** @import { Side } from "../ui/duo.js" */

/**
 * @typedef {object} HomeConfig
 * @property {{url: string, duration: number}} film
 * @property {string} wsPath
 * @property {{key: string, offsetMs: number, skewPpm: number}[]} sides
 * @property {SyncConfig} sync
 */

/** The film turns back a little early, so that no player stops at its end. */
const EARLY_S = 0.6;

/** @type {HomeConfig} */
const config = readConfig("home-config");
const duo = byId("duo", HTMLElement);
const scratch = new OffscreenCanvas(1, 1);

startTheme();
start();

function start() {
  const [first, second] = config.sides.map(buildSide);
  if (!first || !second) return;
  const sides = /** @type {const} */ ([first, second]);
  mountDuo({
    between: need(duo, ".duo__between", HTMLElement),
    sides,
    readPicture: (video) => readFrameIndex(video, scratch),
    ...intervals,
  });
  const play = () => {
    for (const side of sides) {
      part(side.root, "start").hidden = true;
      side.begin();
    }
  };
  for (const side of sides) part(side.root, "start").addEventListener("click", play);
  // Who wants less motion, or is short of data, starts it by hand.
  const { saveData = false } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection ?? {};
  if (calm() || saveData) part(first.root, "start").hidden = false;
  else playWhileSeen(sides, play);
  // The same time as of the player with a wrong clock: nothing more is asked of the server.
  mountSmallClock({
    root: byId("home-clocks", HTMLElement),
    clock: first.clock,
    loop: newLoop(),
    here: new ZoneTime(timeZone(Intl) ?? "UTC"),
    twelveHours: readsTwelveHours(),
    ticking: calm,
  });
}

/**
 * Nobody pays for films that are not on the screen.
 * @param {readonly (Side & {begin: () => void, rest: () => void})[]} sides
 * @param {() => void} play
 */
function playWhileSeen(sides, play) {
  new IntersectionObserver((entries) => {
    if (entries.at(-1)?.isIntersecting) play();
    else for (const side of sides) side.rest();
  }).observe(duo);
}

/**
 * @param {HomeConfig["sides"][number]} wrong
 * @returns {Side & {clock: MediaClock, begin: () => void, rest: () => void}}
 */
function buildSide({ key, offsetMs, skewPpm }) {
  const root = need(duo, `[data-side="${key}"]`, HTMLElement);
  const video = need(root, "video", HTMLVideoElement);
  const originMs = now();
  /** Wrong by seconds, and running at the wrong speed. @param {number} rightMs */
  const wrong = (rightMs) => originMs + offsetMs + (rightMs - originMs) * (1 + skewPpm * 1e-6);
  const wrongNow = () => wrong(now());

  const { socket, timeSync } = windowLink({
    url: socketUrl(config.wsPath),
    WebSocket,
    now: wrongNow,
    wallNow: () => Date.now() + offsetMs,
    random: Math.random,
    resolutionMs: resolutionMs(),
    ...timers,
  });
  const { clock } = timeSync;
  const player = new HtmlPlayer(video, { toLocal: (pageMs) => wrong(performance.timeOrigin + pageMs) });
  const steering = new Steering({
    player,
    clock,
    playhead: () => (clock.locked ? endless(clock.now(), config.film.duration - EARLY_S) : null),
    config: config.sync,
    now: wrongNow,
    engine: engine(),
    isHidden: () => document.visibilityState === "hidden",
    ...timers,
  });
  player.addEventListener("blocked", () => (part(root, "start").hidden = false));

  return {
    root,
    name: key,
    video,
    player,
    steering,
    clock,
    locked: () => clock.locked,
    begin() {
      if (!video.src) video.src = config.film.url;
      socket.connect();
      steering.start();
      if (steering.blocked) void steering.unblock();
    },
    rest() {
      steering.stop();
      player.pause();
    },
  };
}

/**
 * A film that has always been running, from the beginning again after each length.
 * @param {number} mediaMs
 * @param {number} lengthS
 * @returns {Playhead}
 */
function endless(mediaMs, lengthS) {
  const lengthMs = lengthS * 1000;
  return {
    positionS: 0,
    atMs: Math.floor(mediaMs / lengthMs) * lengthMs,
    rate: 1,
    playing: true,
    durationS: null,
    ended: false,
  };
}

// @ts-check
/** Live now, in the admin: keeps the page as the servers see it, and every playhead moving in between. */

import { say } from "../ui/dom.js";
import { liken } from "../ui/liken.js";
import { mediaTime, paintPlayheads } from "../ui/live-playheads.js";
import { LiveWatch, TurnedAway } from "../ui/live-watch.js";
import { byId, calm, intervals, now, timers } from "./browser.js";

/** Smooth enough for a thin bar; who wants less motion sees whole seconds. */
const PAINT_EVERY_MS = 250;
const PAINT_CALMLY_EVERY_MS = 1000;
/** A server that takes longer is as good as away. */
const PATIENCE_MS = 8000;

const live = byId("live", HTMLElement);
const trouble = byId("live-trouble", HTMLElement);
/** @type {((localMs: number) => number) | null} */
let mediaAt = null;
/** @type {number | null} */
let painting = null;

const watch = new LiveWatch({ ask, show, tell, now, ...timers });

document.addEventListener("visibilitychange", follow);
// Members of a room that was not open were not sent.
live.addEventListener("toggle", () => document.visibilityState === "visible" && watch.start(), { capture: true });
follow();

/** Works only while somebody can see it. */
function follow() {
  if (painting !== null) intervals.clearInterval(painting);
  painting = null;
  if (document.visibilityState === "hidden") {
    watch.stop();
    return;
  }
  painting = intervals.setInterval(paint, calm() ? PAINT_CALMLY_EVERY_MS : PAINT_EVERY_MS);
  paint();
  watch.start();
}

/** @returns {Promise<HTMLElement>} the part of the page that changes, as it is now */
async function ask() {
  const url = new URL(location.href);
  url.searchParams.set("part", "1");
  for (const slug of opened()) url.searchParams.append("open", slug);
  const response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (response.redirected || response.status === 403) throw new TurnedAway();
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const part = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
  if (!part) throw new Error("answered something else");
  return part;
}

/** Rooms whose members somebody sees. */
function opened() {
  return Array.from(live.querySelectorAll("details[open]"), (details) => /** @type {HTMLElement} */ (details).dataset.room ?? "");
}

/** @param {HTMLElement} part @param {{askedMs: number, heardMs: number}} times */
function show(part, times) {
  const focused = document.activeElement;
  liken(live, part);
  // What has moved to another place has lost the keyboard.
  if (focused instanceof HTMLElement && focused !== document.activeElement && live.contains(focused)) {
    focused.focus({ preventScroll: true });
  }
  const { nowMs } = live.dataset;
  mediaAt = nowMs ? mediaTime({ nowMs: Number(nowMs), ...times }) : null;
  paint();
}

/** @param {"lost" | "turned away" | null} what @param {number | null} heardMs */
function tell(what, heardMs) {
  const since = heardMs === null ? "" : ` What is shown is as of ${new Date(heardMs).toLocaleTimeString()}.`;
  const words = { lost: "The server does not answer. Trying again.", "turned away": "You are signed out. Reload the page." };
  if (what) say(trouble, `${words[what]}${since}`);
  trouble.hidden = !what;
  live.classList.toggle("live-is-stale", what !== null);
}

function paint() {
  if (mediaAt) paintPlayheads(live, mediaAt(now()));
}

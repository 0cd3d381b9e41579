// @ts-check
/** The page Simulate: a laboratory with a wrong clock, its settings, and the figures that show what comes of them. */

import { INITIAL, experimentFrom, hashOf, hiddenFrom } from "../clock/experiment.js";
import { Laboratory } from "../clock/laboratory.js";
import { Pacer } from "../clock/pacer.js";
import { ESTIMATORS } from "../clock/rivals/index.js";
import { mountAnnouncer } from "../ui/announcer.js";
import { mountContest } from "../ui/contest.js";
import { mountLabClocks } from "../ui/lab-clocks.js";
import { mountLabRun } from "../ui/lab-run.js";
import { mountLabSettings } from "../ui/lab-settings.js";
import { clocksSentence, labState, stateSentence } from "../ui/lab-words.js";
import { mountLadder } from "../ui/ladder.js";
import { FLUENT_MS } from "../ui/loop.js";
import { byId, calm, now, timers } from "./browser.js";
import { openClockPage } from "./clock-page.js";

/** @import { Experiment } from "../clock/experiment.js" */

/** How often bars and figures, strips, and sentences are drawn anew. */
const FIGURES_MS = 100;
const STRIPS_MS = 250;
const WORDS_MS = 500;
/** Who asked for less motion sees everything change once a second. */
const CALM_MS = 1000;
/** Safari refuses addresses that change more often than a hundred times in 30 s. */
const ADDRESS_AFTER_MS = 400;

const { loop } = openClockPage();
const ids = ESTIMATORS.map(({ id }) => id);
const pacer = new Pacer({ now: () => performance.now() });
/** @type {Experiment} */
let experiment = experimentFrom(location.hash);
/** @type {readonly string[]} */
let hidden = hiddenFrom(location.hash, ids);
let laboratory = newLaboratory();
let spoken = "";
/** @type {number | undefined} */
let addressTimer;

const announcer = mountAnnouncer({ region: byId("announcer", HTMLElement), now, ...timers });
const controls = mountLabRun({ root: byId("lab-run", HTMLElement), togglePause, setPace: (pace) => change({ pace }), again: startOver });
const clocksRoot = byId("lab-clocks", HTMLElement);
const clocks = mountLabClocks({ root: clocksRoot });
const ladderRoot = byId("lab-ladder", HTMLElement);
const ladder = mountLadder({ root: ladderRoot });
const contestRoot = byId("lab-contest", HTMLElement);
const contest = mountContest({ root: contestRoot, entries: ESTIMATORS, choose });
const settings = mountLabSettings({
  root: byId("lab-settings", HTMLElement),
  change,
  step: (byMs) => disturb(() => laboratory.step(byMs)),
  sleep: (forMs) => disturb(() => laboratory.sleep(forMs)),
  reset: () => begin({ ...INITIAL }, []),
  copy: () => {
    writeAddress();
    return navigator.clipboard.writeText(location.href);
  },
});
/** Each kind of drawing at its own pace, as long as it is in view; figures and words are needed everywhere. */
const drawings = [
  { draw: drawFigures, everyMs: () => FIGURES_MS },
  { draw: drawWords, everyMs: () => WORDS_MS },
  { draw: () => clocks.drawTimes(laboratory.view(), experiment.pace), everyMs: () => FLUENT_MS, element: clocksRoot },
  { draw: () => clocks.drawGaps(laboratory.view()), everyMs: () => FIGURES_MS, element: clocksRoot },
  { draw: () => ladder.draw(laboratory.view()), everyMs: () => FIGURES_MS, element: ladderRoot },
  { draw: () => contest.draw(laboratory), everyMs: () => STRIPS_MS, element: contestRoot },
];

function newLaboratory() {
  return new Laboratory({ experiment, startMs: now() });
}

/** Another experiment, from its beginning. @param {Experiment} next @param {readonly string[]} nextHidden */
function begin(next, nextHidden) {
  experiment = next;
  hidden = nextHidden;
  pacer.paused = false;
  contest.setHidden(hidden);
  startOver();
}

function startOver() {
  laboratory = newLaboratory();
  pacer.paused = false;
  settled();
}

/** Something is set differently while it runs. @param {Partial<Experiment>} wanted */
function change(wanted) {
  experiment = { ...experiment, ...wanted };
  laboratory.change(wanted);
  settled();
}

/** @param {() => void} happen */
function disturb(happen) {
  happen();
  drawAll();
}

/** @param {readonly string[]} ids of estimators that are not to be seen */
function choose(ids) {
  hidden = ids;
  settled();
}

function togglePause() {
  pacer.paused = !pacer.paused;
  drawAll();
}

/** Settings, address and figures follow the experiment. */
function settled() {
  settings.draw(experiment);
  settings.changed();
  window.clearTimeout(addressTimer);
  addressTimer = window.setTimeout(writeAddress, ADDRESS_AFTER_MS);
  drawAll();
}

function writeAddress() {
  const hash = hashOf(experiment, hidden);
  if (location.hash.replace(/^#/, "") !== hash) history.replaceState(null, "", hash ? `#${hash}` : location.pathname);
}

/** Something is different: all is drawn in the next frame, and drawn on unless it is paused. */
function drawAll() {
  loop.once(drawNow);
  if (pacer.paused) rest();
  else run();
}

function drawFigures() {
  const view = laboratory.view();
  controls.draw(view, pacer.paused, experiment.pace);
  settings.setAsleep(view.asleepForMs > 0);
}

function drawWords() {
  const view = laboratory.view();
  clocks.tell(view);
  ladder.tell(view);
  contest.tell(laboratory);
  // Figures move all the time; a voice is heard when the state is another.
  const state = labState(view, pacer.paused);
  if (state !== spoken) announcer.announce(`${stateSentence(view, pacer.paused, experiment.pace)} ${clocksSentence(view)}`);
  spoken = state;
}

/** @type {(() => void)[]} */
let running = [];
let lastMs = NaN;

function run() {
  if (running.length > 0) return;
  lastMs = NaN;
  running = drawings.map(({ draw, everyMs, element }) => {
    const atPaceMs = () => Math.max(everyMs(), calm() ? CALM_MS : 0);
    return loop.add(draw, { everyMs: atPaceMs, ...(element && { element }) });
  });
  running.push(loop.add(advance, { everyMs: FLUENT_MS }));
}

function rest() {
  for (const stop of running.splice(0)) stop();
}

function drawNow() {
  for (const { draw } of drawings) draw();
}

/** @param {number} nowMs */
function advance(nowMs) {
  pacer.frame(laboratory, Number.isNaN(lastMs) ? 0 : nowMs - lastMs, experiment.pace);
  lastMs = nowMs;
}

contest.setHidden(hidden);
settings.draw(experiment);
drawAll();
window.addEventListener("hashchange", () => begin(experimentFrom(location.hash), hiddenFrom(location.hash, ids)));

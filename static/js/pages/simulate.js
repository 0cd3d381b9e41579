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
import { byId, calm, now, timers } from "./browser.js";
import { openClockPage } from "./clock-page.js";

/** @import { Experiment } from "../clock/experiment.js" */

/** How often bars and figures, strips, and sentences are drawn anew; hands move with every frame. */
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
const run = mountLabRun({ root: byId("lab-run", HTMLElement), togglePause, setPace: (pace) => change({ pace }), again: startOver });
const clocks = mountLabClocks({ root: byId("lab-clocks", HTMLElement) });
const ladder = mountLadder({ root: byId("lab-ladder", HTMLElement) });
const contest = mountContest({ root: byId("lab-contest", HTMLElement), entries: ESTIMATORS, choose });
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
/** Each kind of drawing at its own pace. */
const drawings = [
  { everyMs: 0, drawnMs: -Infinity, draw: () => clocks.drawTimes(laboratory.view(), experiment.pace) },
  { everyMs: FIGURES_MS, drawnMs: -Infinity, draw: drawFigures },
  { everyMs: STRIPS_MS, drawnMs: -Infinity, draw: () => contest.draw(laboratory) },
  { everyMs: WORDS_MS, drawnMs: -Infinity, draw: drawWords },
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

function drawAll() {
  for (const drawing of drawings) drawing.drawnMs = -Infinity;
  wake();
}

function drawFigures() {
  const view = laboratory.view();
  run.draw(view, pacer.paused, experiment.pace);
  clocks.drawGaps(view);
  ladder.draw(view);
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

let lastMs = NaN;
/** @type {(() => void) | null} */
let rest = null;

/** Draws on: something has changed. */
function wake() {
  rest ??= loop.add(frame);
}

/** @param {number} frameMs */
function frame(frameMs) {
  const passedMs = Number.isNaN(lastMs) ? 0 : frameMs - lastMs;
  lastMs = frameMs;
  pacer.frame(laboratory, passedMs, experiment.pace);
  const leastMs = calm() ? CALM_MS : 0;
  for (const drawing of drawings) {
    if (frameMs - drawing.drawnMs < Math.max(drawing.everyMs, leastMs)) continue;
    drawing.drawnMs = frameMs;
    drawing.draw();
  }
  if (!pacer.paused || drawings.some(({ drawnMs }) => drawnMs === -Infinity)) return;
  rest?.();
  rest = null;
  lastMs = NaN;
}

contest.setHidden(hidden);
settings.draw(experiment);
wake();
window.addEventListener("hashchange", () => begin(experimentFrom(location.hash), hiddenFrom(location.hash, ids)));

// @ts-check
/** The page Learn: its figures are joined to their inputs and, where they can be, to the visitor's own clock. */

import { beginsAnew, isBelieved } from "../clock/exchange-log.js";
import { mountContents } from "../ui/learn/contents.js";
import { EXAMPLE_BOUND, drawBound } from "../ui/learn/bound.js";
import { drawDrift } from "../ui/learn/drift.js";
import { EXAMPLE_STAMPS, drawExchange, drawSplit } from "../ui/learn/exchange.js";
import { LEAST_PROBES, drawFilter } from "../ui/learn/filter.js";
import { mountLab } from "../ui/learn/lab.js";
import { drawMarzullo } from "../ui/learn/marzullo.js";
import { drawPlayhead } from "../ui/learn/playhead.js";
import { simulatedProbes, typicalErrors } from "../ui/learn/probes.js";
import { drawSlew } from "../ui/learn/slew.js";
import { drawStrata } from "../ui/learn/strata.js";
import { drawTilt } from "../ui/learn/tilt.js";
import { byId, observeSize, resolutionMs } from "./browser.js";
import { openClockPage } from "./clock-page.js";

/** @import { Box, Drawing } from "../ui/learn/marks.js" */
/** @import { Values } from "../ui/learn/lab.js" */

/** Two minutes of the visitor's own probes: what the estimator itself looks back. */
const OWN_PROBES = 60;

const { clock, exchanges, loop, timeSync } = openClockPage();
const yoursOption = byId("filtering-yours", HTMLInputElement);
const jitterSlider = byId("filtering-jitter", HTMLInputElement);
const ownSkew = byId("drift-own", HTMLButtonElement);

/** Each path's bursts are simulated once. @type {Map<string, ReturnType<typeof typicalErrors>>} */
const typicals = new Map();

/** The visitor's own probes, as far as the estimator goes by them: of one offset. */
function ownSamples() {
  const last = exchanges.all.slice(-OWN_PROBES);
  const begun = Math.max(last.findLastIndex(beginsAnew), 0);
  return last.slice(begun).filter(({ verdict }) => isBelieved(verdict)).map(({ sample }) => sample);
}

/** @param {Parameters<typeof typicalErrors>[0]} path */
function typicalOf(path) {
  const key = `${path.jitterMs} ${path.queue}`;
  const typical = typicals.get(key) ?? typicalErrors(path);
  typicals.set(key, typical);
  return typical;
}

/** @param {string} key @param {(values: Values, box: Box) => Drawing} draw */
function lab(key, draw) {
  const letterPx = (/** @type {Element} */ element) => Number.parseFloat(getComputedStyle(element).fontSize);
  return mountLab({ root: byId(`figure-${key}`, HTMLElement), loop, draw, observeSize, letterPx });
}

const drift = lab("drift", ({ ppm }, box) => drawDrift({ ppm: Number(ppm) }, box));
const exchange = lab("timestamps", (_, box) => {
  const stamps = exchanges.latest?.sample;
  return drawExchange({ stamps: stamps ?? EXAMPLE_STAMPS, own: stamps !== undefined }, box);
});
lab("asymmetry", ({ there }, box) => drawSplit({ thereMs: Number(there) }, box));
const filter = lab("filtering", ({ jitter, probes }, box) => {
  const own = ownSamples();
  const enough = own.length >= LEAST_PROBES;
  yoursOption.disabled = !enough;
  jitterSlider.disabled = probes === "yours";
  const jitterMs = Number(jitter);
  if (probes === "yours" && enough) return drawFilter({ samples: own, typical: null, jitterMs }, box);
  const path = { jitterMs, queue: probes === "there" ? /** @type {const} */ ("there") : /** @type {const} */ ("both") };
  return drawFilter({ samples: simulatedProbes(path), typical: typicalOf(path), jitterMs }, box);
});
lab("skew", ({ skew, age }, box) => drawTilt({ ppm: Number(skew), ageS: Number(age) }, box));
lab("slewing", ({ error }, box) => drawSlew({ errorMs: Number(error) }, box));
lab("strata", (_, box) => drawStrata(box));
lab("ntp", ({ server }, box) => drawMarzullo({ offsetMs: Number(server) }, box));
lab("party", ({ error }, box) => drawPlayhead({ errorS: Number(error) }, box));
const bound = lab("limits", (_, box) => {
  const estimate = exchanges.latest?.estimate;
  const own = estimate && { ...estimate, resolutionMs: resolutionMs() };
  return drawBound({ estimate: own ?? EXAMPLE_BOUND, own: Boolean(own) }, box);
});

// A clock that runs slow falls behind: its offset to the server grows, so the signs differ.
ownSkew.addEventListener("click", () => drift.set("ppm", Math.round(-clock.skewPpm)));
byId("timestamps-again", HTMLButtonElement).addEventListener("click", () => timeSync.lookAgain());
exchanges.subscribe(() => {
  ownSkew.disabled = !clock.locked;
  for (const { redraw } of [exchange, filter, bound]) redraw();
});

/** Paper is day, whatever the screen is. */
const { dataset } = document.documentElement;
const screenTheme = { value: dataset.theme };
window.addEventListener("beforeprint", () => {
  screenTheme.value = dataset.theme;
  dataset.theme = "day";
});
window.addEventListener("afterprint", () => {
  if (screenTheme.value) dataset.theme = screenTheme.value;
  else delete dataset.theme;
});

mountContents({
  chapters: [...document.querySelectorAll("section.chapter")].filter((chapter) => chapter instanceof HTMLElement),
  lists: [byId("contents", HTMLElement), byId("contents-fold", HTMLDetailsElement)],
  fold: byId("contents-fold", HTMLDetailsElement),
  place: byId("contents-place", HTMLElement),
  window,
  loop,
});

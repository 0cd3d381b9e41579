// @ts-check
/** The estimators side by side: a strip of each one's error, what it states, whether that held, and who is closest. */

import { ALWAYS_SHOWN } from "../clock/experiment.js";
import { copy, listen, need, part, say, stopAll } from "./dom.js";
import { contestSentence } from "./contest-words.js";
import { boundWords, signedText, sizeText } from "./lab-words.js";
import { gridPath, marksPath, sharedEnd, stripPaths } from "./strip.js";
import { set } from "./svg.js";

/** @import { Contender } from "../clock/contender.js" */
/** @import { Laboratory } from "../clock/laboratory.js" */
/** @import { EstimatorEntry } from "../clock/rivals/index.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {readonly EstimatorEntry[]} needs.entries ours first
 * @param {(hidden: string[]) => void} needs.choose
 */
export function mountContest({ root, entries, choose }) {
  const [body, choices] = [part(root, "rows"), part(root, "shown")];
  /** @type {string[]} */
  let hidden = [];
  const rows = entries.map((entry) => rowOf(need(root, "#contest-template", HTMLTemplateElement), entry));
  const inputs = entries.map((entry) => choiceOf(need(root, "#shown-template", HTMLTemplateElement), entry));
  for (const { element } of rows) body.append(element);
  for (const { element } of inputs) choices.append(element);

  /** @param {readonly string[]} ids */
  const setHidden = (ids) => {
    hidden = ids.filter((id) => id !== ALWAYS_SHOWN);
    for (const { id, element } of rows) element.hidden = hidden.includes(id);
    for (const { id, input } of inputs) input.checked = !hidden.includes(id);
  };
  const chosen = () => {
    setHidden(inputs.filter(({ input }) => !input.checked).map(({ id }) => id));
    choose(hidden);
  };
  const shownOf = (/** @type {Laboratory} */ { contenders }) => contenders.filter(({ entry }) => !hidden.includes(entry.id));

  /** @param {Laboratory} laboratory */
  const draw = (laboratory) => {
    const { elapsedMs } = laboratory.view();
    const endMs = sharedEnd(shownOf(laboratory).map(({ points }) => points));
    const marks = marksPath(laboratory.mishaps, elapsedMs);
    laboratory.contenders.forEach((contender, i) => {
      if (!hidden.includes(contender.entry.id)) rows[i]?.draw(contender, elapsedMs, endMs, marks);
    });
  };
  /** @param {Laboratory} laboratory */
  const tell = (laboratory) => {
    const standings = shownOf(laboratory).map((contender) => ({
      name: contender.entry.name,
      errorMs: contender.fix()?.errorMs ?? null,
      p95Ms: contender.lastMinute().p95Ms,
    }));
    say(part(root, "sentence"), contestSentence(standings, laboratory.experiment));
  };

  const stop = stopAll(inputs.map(({ input }) => listen(input, "change", chosen)));
  return { draw, tell, setHidden, ...stop };
}

/** @param {HTMLTemplateElement} template @param {EstimatorEntry} entry */
function choiceOf(template, { id, name }) {
  const element = copy(template);
  const input = need(element, "input", HTMLInputElement);
  input.disabled = id === ALWAYS_SHOWN;
  input.dataset.testid = `shown-${id}`;
  say(part(element, "name"), name);
  return { id, element, input };
}

/** @param {HTMLTemplateElement} template @param {EstimatorEntry} entry */
function rowOf(template, { id, name, source, clockTickMs }) {
  const element = copy(template);
  element.dataset.id = id;
  element.dataset.testid = `contest-${id}`;
  say(part(element, "name"), name);
  say(part(element, "source"), source);
  const strip = need(element, ".strip", SVGSVGElement);
  strip.setAttribute("aria-label", `${name}: error over the last two minutes`);
  const path = (/** @type {string} */ kind) => need(strip, `.strip__${kind}`, SVGPathElement);
  const [line, band, grid, marks] = [path("line"), path("band"), path("grid"), path("marks")];
  let drawnEndMs = 0;

  return {
    id,
    element,
    /** @param {Contender} contender @param {number} nowMs @param {number} endMs @param {string} mishaps */
    draw(contender, nowMs, endMs, mishaps) {
      const paths = stripPaths(contender.points, nowMs, endMs);
      set(line, { d: paths.line });
      set(band, { d: paths.band });
      set(marks, { d: mishaps });
      if (endMs !== drawnEndMs) {
        drawnEndMs = endMs;
        grid.setAttribute("d", gridPath(endMs));
        say(part(element, "top"), `+${endText(endMs)}`);
        say(part(element, "bottom"), `−${endText(endMs)}`);
      }
      const { p95Ms, heldShare } = contender.lastMinute();
      const fix = contender.fix();
      say(part(element, "now"), fix ? signedText(fix.errorMs) : "no answer yet");
      say(part(element, "p95"), p95Ms === null ? "–" : sizeText(p95Ms));
      part(element, "bound").dataset.stated = String(Number.isFinite(fix?.boundMs ?? NaN));
      say(part(element, "bound"), !fix ? "–" : Number.isFinite(fix.boundMs) ? boundWords(fix.boundMs) : "none stated");
      say(part(element, "held"), heldShare === null ? "–" : heldText(heldShare));
      part(element, "held").dataset.held = heldShare === null ? "" : String(heldShare === 1);
      say(part(element, "schedule"), `asked ${contender.probesInLastMinute}× a minute, ${clockTickMs} ms clock`);
    },
  };
}

/** Never rounded up to “always”. @param {number} heldShare */
function heldText(heldShare) {
  return heldShare === 1 ? "always" : `${Math.floor(heldShare * 100)} % of 1 min`;
}

/** @param {number} endMs a power of ten */
function endText(endMs) {
  return endMs < 1000 ? `${endMs} ms` : `${endMs / 1000} s`;
}

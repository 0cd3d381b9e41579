// @ts-check
/** The exchange drawn to scale, with what leads through it: newest, stay, previous, next, probe now, two views, and a supposition. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { exchangeDrawing } from "./exchange-drawing.js";
import { secondsPerMs } from "./exchange-geometry.js";
import { ExchangeRun } from "./exchange-run.js";
import { explain, shareFor, sumOf } from "./exchange-sum.js";
import { exchangeSentence, honestSentence, paceWords, supposition, verdictWords } from "./exchange-words.js";

/** @import { ExchangeChoice, Numbered } from "./exchange-choice.js" */
/** @import { Explanation, Sum } from "./exchange-sum.js" */
/** @import { FrameLoop } from "./loop.js" */

/** How long the two lines take to slide onto one clock. */
const SLIDE_MS = 200;
/** Half a tick of the clock (exchange-sum.js counts none) may lie beyond the bounds. */
const FITS = 1.05;
/** The slider counts hundredths of what is possible. */
const STEPS = 100;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {ExchangeChoice} needs.choice
 * @param {{count: number, subscribe: (listener: () => void) => () => void}} needs.exchanges
 * @param {() => boolean} needs.connected
 * @param {(listener: () => void) => () => void} needs.onConnection
 * @param {() => void} needs.probe asks for exchanges at once
 * @param {(shown: Numbered & {sum: Sum}) => void} needs.onShown
 * @param {FrameLoop} needs.loop
 * @param {() => boolean} needs.calm
 * @param {() => number} needs.emPx
 * @param {(element: Element, run: () => void) => () => void} needs.onResize
 * @param {(run: () => void, delayMs: number) => number} needs.setTimeout
 * @param {(timer: number) => void} needs.clearTimeout
 */
export function mountExchangePlayer({
  root, choice, exchanges, connected, onConnection, probe, onShown, loop, calm, emPx, onResize, setTimeout, clearTimeout,
}) { // prettier-ignore
  const svg = need(root, '[data-part="drawing"]', SVGSVGElement);
  const slider = need(root, 'input[type="range"]', HTMLInputElement);
  const literal = need(root, 'input[value="clocks"]', HTMLInputElement);
  const oneClock = need(root, 'input[value="one"]', HTMLInputElement);
  const button = (/** @type {string} */ name) => need(root, `[data-act="${name}"]`, HTMLButtonElement);
  const drawInto = exchangeDrawing({ svg, emPx });
  /** @type {Sum | null} */
  let sum = null;
  /** What somebody supposes instead of the estimate. @type {number | null} */
  let supposed = null;
  let apart = 0;

  const estimated = () => {
    const estimate = choice.shown?.exchange.estimate;
    return sum && explain(sum, estimate ? shareFor(sum, estimate.offsetMs) : 0);
  };
  /** Whether any explanation of the exchange agrees with the estimate. */
  const estimateFits = () => {
    const estimate = choice.shown?.exchange.estimate;
    return !sum || !estimate || Math.abs(shareFor(sum, estimate.offsetMs)) <= FITS;
  };
  /** @returns {Explanation} */
  const explanation = () => (sum && (supposed === null ? estimated() : explain(sum, supposed))) ?? explain(NOTHING, 0);

  const draw = () =>
    drawInto({
      sum,
      explanation: explanation(),
      estimated: supposed === null ? null : estimated(),
      apart,
      refused: choice.shown !== null && !verdictWords(choice.shown.exchange.verdict).used,
      passedMs: run.passedMs,
    });

  const tell = () => {
    drawControls();
    const { shown } = choice;
    if (!shown || !sum) return;
    const view = literal.checked ? "clocks" : "one";
    const reason = supposed === null ? "estimate" : "supposed";
    const words = exchangeSentence({ number: shown.number, sum, explanation: explanation(), view, reason, fits: estimateFits() });
    say(part(root, "sentence"), words);
    svg.setAttribute("aria-label", words);
    say(part(root, "pace"), calm() ? "" : paceWords(secondsPerMs(sum.roundMs)));
    slider.value = String(Math.round(explanation().share * STEPS));
    slider.setAttribute("aria-valuetext", supposition(explanation()));
    say(part(root, "supposition"), supposition(explanation()));
    say(part(root, "honest"), honestSentence(sum));
  };

  const drawControls = () => {
    const { shown, following } = choice;
    off(button("previous"), !choice.hasPrevious);
    off(button("next"), !choice.hasNext);
    off(button("replay"), !shown || calm());
    off(button("probe"), !connected());
    off(button("stay"), !shown);
    say(part(root, "stay-words"), following ? "Stay on this one" : "Follow the newest");
    say(part(root, "place"), placeWords(shown, exchanges.count, following));
    const rest = supposed === null ? "estimate" : supposed === 0 ? "equal" : "";
    for (const name of ["estimate", "equal"]) button(name).setAttribute("aria-pressed", String(rest === name));
    part(root, "lost").hidden = connected() || !shown;
    const verdict = shown && verdictWords(shown.exchange.verdict);
    part(root, "refused").hidden = !verdict || verdict.used;
    say(part(root, "refused"), verdict ? verdict.word : "");
  };

  const redraw = () => {
    draw();
    tell();
  };

  /** Shows what the choice has moved to. */
  const show = () => {
    const { shown } = choice;
    if (!shown) return;
    sum = sumOf(shown.exchange.sample);
    onShown({ ...shown, sum });
    redraw();
  };
  const run = new ExchangeRun({ choice, roundMs: () => sum?.roundMs ?? 1, loop, calm, moved: draw, changed: show, setTimeout, clearTimeout });
  const heard = () => {
    run.heard();
    drawControls();
  };

  /** @param {number | null} share */
  const suppose = (share) => {
    supposed = share;
    oneClock.checked = true;
    slide();
    redraw();
  };

  /** @type {(() => void) | null} */
  let stopSliding = null;
  /** The server's line moves to where the view wants it. */
  const slide = () => {
    stopSliding?.();
    const from = apart;
    const to = literal.checked ? 1 : 0;
    /** @type {number | null} */
    let sinceMs = null;
    if (from === to || calm()) {
      apart = to;
      return;
    }
    stopSliding = loop.add((nowMs) => {
      sinceMs ??= nowMs;
      const part = Math.min((nowMs - sinceMs) / SLIDE_MS, 1);
      apart = from + (to - from) * (1 - (1 - part) ** 2);
      if (part === 1) stopSliding?.();
      draw();
    });
  };

  const acts = {
    previous: () => choice.previous() && run.begin(),
    next: () => choice.next() && run.begin(),
    replay: () => run.begin(),
    stay: () => {
      if (!choice.following) choice.follow();
      else choice.stay();
      if (choice.following) run.begin();
      else redraw();
    },
    probe: () => {
      choice.follow();
      run.beEager();
      run.begin();
      probe();
    },
    estimate: () => suppose(null),
    equal: () => suppose(0),
  };

  drawControls();
  draw();
  return {
    begin: () => run.begin(),
    ...stopAll([
      exchanges.subscribe(heard),
      onConnection(drawControls),
      onResize(svg, draw),
      ...Object.entries(acts).map(([name, act]) =>
        listen(button(name), "click", () => {
          if (button(name).getAttribute("aria-disabled") !== "true") act();
        }),
      ),
      listen(slider, "input", () => sum && suppose(slider.valueAsNumber / STEPS)),
      listen(need(root, "fieldset", HTMLElement), "change", () => {
        slide();
        redraw();
      }),
      () => run.stop(),
    ]),
  };
}

/** @type {Sum} */
const NOTHING = sumOf({ t1Ms: 0, t2Ms: 0, t3Ms: 0, t4Ms: 0 });

/** Not `disabled`: a button that takes itself away takes the keyboard's place with it. @param {HTMLElement} button @param {boolean} isOff */
function off(button, isOff) {
  button.setAttribute("aria-disabled", String(isOff));
}

/** @param {Numbered | null} shown @param {number} count @param {boolean} following */
export function placeWords(shown, count, following) {
  if (!shown) return "No exchange yet";
  const newest = shown.number === count;
  return `Exchange ${shown.number} of ${count}${following ? ", following the newest" : newest ? ", the newest" : ""}`;
}

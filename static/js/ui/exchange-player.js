// @ts-check
/** Leads through the exchanges: newest, stay, previous, next, replay, probe now; and says where one is. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { ExchangeFigure } from "./exchange-figure.js";
import { ExchangeRun } from "./exchange-run.js";
import { sumOf } from "./exchange-sum.js";
import { verdictWords } from "./exchange-words.js";

/** @import { ExchangeChoice, Numbered } from "./exchange-choice.js" */
/** @import { Summed } from "./exchange-figure.js" */
/** @import { FrameLoop } from "./loop.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {ExchangeChoice} needs.choice
 * @param {{count: number, subscribe: (listener: () => void) => () => void}} needs.exchanges
 * @param {() => boolean} needs.connected
 * @param {(listener: () => void) => () => void} needs.onConnection
 * @param {() => void} needs.probe asks for exchanges at once
 * @param {(shown: Summed) => void} needs.onShown
 * @param {FrameLoop} needs.loop
 * @param {() => boolean} needs.calm
 * @param {() => number} needs.emPx
 * @param {(element: Element, run: () => void) => () => void} needs.observeSize
 * @param {(run: () => void, delayMs: number) => number} needs.setTimeout
 * @param {(timer: number) => void} needs.clearTimeout
 */
export function mountExchangePlayer({ root, choice, exchanges, connected, onConnection, probe, onShown, loop, calm, emPx, observeSize, ...timers }) {
  const drawControls = () => drawWhere(root, { choice, count: exchanges.count, connected: connected(), calm: calm() });
  const stay = () => {
    choice.stay();
    drawControls();
  };
  const figure = new ExchangeFigure({ root, loop, calm, emPx, observeSize, passedMs: () => run.passedMs, onSuppose: stay });

  /** Shows what the choice has moved to. */
  const show = () => {
    const { shown } = choice;
    if (!shown) return;
    const summed = { ...shown, sum: sumOf(shown.exchange.sample) };
    figure.show(summed);
    onShown(summed);
    drawControls();
  };
  const run = new ExchangeRun({
    choice,
    roundMs: () => (choice.shown ? sumOf(choice.shown.exchange.sample).roundMs : 1),
    loop,
    element: need(root, '[data-part="drawing"]', SVGSVGElement),
    calm,
    moved: () => figure.draw(),
    changed: show,
    ...timers,
  });
  const follow = () => {
    choice.follow();
    run.begin();
  };
  const acts = {
    previous: () => choice.previous() && run.begin(),
    next: () => choice.next() && run.begin(),
    replay: () => run.begin(),
    stay: () => (choice.following ? stay() : follow()),
    probe: () => {
      follow();
      run.beEager();
      probe();
    },
  };

  drawControls();
  figure.draw();
  return {
    /** @param {number} number looks at this one */
    pick(number) {
      choice.pick(number);
      run.begin();
    },
    ...stopAll([
      exchanges.subscribe(() => {
        run.heard();
        drawControls();
      }),
      onConnection(drawControls),
      ...Object.entries(acts).map(([name, act]) => listen(actor(root, name), "click", () => isOff(actor(root, name)) || act())),
      () => run.stop(),
      () => figure.stop(),
    ]),
  };
}

/**
 * @param {HTMLElement} root
 * @param {{choice: ExchangeChoice, count: number, connected: boolean, calm: boolean}} now
 */
function drawWhere(root, { choice, count, connected, calm }) {
  const { shown, following, hasPrevious, hasNext } = choice;
  setOff(actor(root, "previous"), !hasPrevious);
  setOff(actor(root, "next"), !hasNext);
  setOff(actor(root, "stay"), !shown);
  setOff(actor(root, "replay"), !shown || calm);
  setOff(actor(root, "probe"), !connected);
  say(part(root, "stay-words"), following ? "Stay on this one" : "Follow the newest");
  say(part(root, "place"), placeWords(shown, count, following));
  part(root, "lost").hidden = connected || !shown;
  const verdict = shown && verdictWords(shown.exchange.verdict);
  part(root, "refused").hidden = !verdict || verdict.used;
  say(part(root, "refused"), verdict ? verdict.word : "");
}

/** @param {HTMLElement} root @param {string} name */
function actor(root, name) {
  return need(root, `[data-act="${name}"]`, HTMLButtonElement);
}

/** Not `disabled`: a button that takes itself away takes the keyboard's place with it. @param {HTMLElement} button @param {boolean} off */
function setOff(button, off) {
  button.setAttribute("aria-disabled", String(off));
}

/** @param {HTMLElement} button */
function isOff(button) {
  return button.getAttribute("aria-disabled") === "true";
}

/** @param {Numbered | null} shown @param {number} count @param {boolean} following */
export function placeWords(shown, count, following) {
  if (!shown) return "No exchange yet";
  const newest = shown.number === count;
  return `Exchange ${shown.number} of ${count}${following ? ", following the newest" : newest ? ", the newest" : ""}`;
}

// @ts-check
/** The drawing of one exchange with its words: on one clock or as two clocks say, by the estimate or by a supposition. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { exchangeDrawing } from "./exchange-drawing.js";
import { secondsPerMs } from "./exchange-geometry.js";
import { explain, shareFor } from "./exchange-sum.js";
import { exchangeSentence, honestSentence, paceWords, supposition, verdictWords } from "./exchange-words.js";

/** @import { Numbered } from "./exchange-choice.js" */
/** @import { Sum } from "./exchange-sum.js" */
/** @import { FrameLoop } from "./loop.js" */

/** How long the two lines take to slide onto one clock. */
const SLIDE_MS = 200;
/** The slider counts hundredths of what is possible. */
const STEPS = 100;
/** An estimate adds half a tick of the clock, which may lie just beyond an exchange's own bounds. */
const FITS = 1.05;

/** @typedef {Numbered & {sum: Sum}} Summed */

export class ExchangeFigure {
  #needs;
  #svg;
  #slider;
  #literal;
  #oneClock;
  #drawInto;
  #ending;
  /** @type {Summed | null} */
  #shown = null;
  /** The share that somebody supposes instead of the estimate. @type {number | null} */
  #supposed = null;
  /** 0: both lines on one clock, 1: each as its own clock says. */
  #apart = 0;
  /** @type {(() => void) | null} */
  #stopSliding = null;

  /**
   * @param {object} needs
   * @param {HTMLElement} needs.root
   * @param {FrameLoop} needs.loop
   * @param {() => boolean} needs.calm
   * @param {() => number} needs.emPx
   * @param {(element: Element, run: () => void) => () => void} needs.observeSize
   * @param {() => number | null} needs.passedMs how long the message has been under way
   * @param {() => void} needs.onSuppose somebody supposes something of what is shown
   */
  constructor(needs) {
    const { root, emPx, observeSize } = needs;
    this.#needs = needs;
    this.#svg = need(root, '[data-part="drawing"]', SVGSVGElement);
    this.#slider = need(root, 'input[type="range"]', HTMLInputElement);
    this.#literal = need(root, 'input[value="clocks"]', HTMLInputElement);
    this.#oneClock = need(root, 'input[value="one"]', HTMLInputElement);
    this.#drawInto = exchangeDrawing({ svg: this.#svg, emPx });
    this.#ending = stopAll([
      observeSize(this.#svg, () => this.draw()),
      listen(need(root, "fieldset", HTMLElement), "change", () => this.#changeView()),
      listen(this.#slider, "input", () => this.#suppose(this.#slider.valueAsNumber / STEPS)),
      listen(this.#rest("estimate"), "click", () => this.#suppose(null)),
      listen(this.#rest("equal"), "click", () => this.#suppose(0)),
      () => this.#stopSliding?.(),
    ]);
  }

  stop() {
    this.#ending.stop();
  }

  /** @param {Summed} shown */
  show(shown) {
    this.#shown = shown;
    this.draw();
    this.#tell();
  }

  draw() {
    const { passedMs } = this.#needs;
    const shown = this.#shown;
    this.#drawInto({
      sum: shown && shown.sum,
      explanation: shown && this.#explanationOf(shown),
      estimated: shown && this.#supposed !== null ? explain(shown.sum, estimatedShare(shown)) : null,
      apart: this.#apart,
      refused: shown !== null && !verdictWords(shown.exchange.verdict).used,
      passedMs: passedMs(),
    });
  }

  #tell() {
    if (!this.#shown) return;
    const { root, calm } = this.#needs;
    const { number, sum } = this.#shown;
    const explanation = this.#explanationOf(this.#shown);
    const words = exchangeSentence({
      number,
      sum,
      explanation,
      view: this.#literal.checked ? "clocks" : "one",
      reason: this.#supposed === null ? "estimate" : "supposed",
      fits: Math.abs(estimatedShare(this.#shown)) <= FITS,
    });
    say(part(root, "sentence"), words);
    this.#svg.setAttribute("aria-label", words);
    say(part(root, "pace"), calm() ? "" : paceWords(secondsPerMs(sum.roundMs)));
    this.#slider.value = String(Math.round(explanation.share * STEPS));
    this.#slider.setAttribute("aria-valuetext", supposition(explanation));
    say(part(root, "supposition"), supposition(explanation));
    say(part(root, "honest"), honestSentence(sum));
    this.#rest("estimate").setAttribute("aria-pressed", String(this.#supposed === null));
    this.#rest("equal").setAttribute("aria-pressed", String(this.#supposed === 0));
  }

  /** @param {number | null} share */
  #suppose(share) {
    if (!this.#shown) return;
    this.#supposed = share;
    this.#oneClock.checked = true;
    if (share !== null) this.#needs.onSuppose();
    this.#changeView();
  }

  #changeView() {
    this.#slide(this.#literal.checked ? 1 : 0);
    this.draw();
    this.#tell();
  }

  /** The server's line moves to where the view wants it. @param {number} to */
  #slide(to) {
    const { loop, calm } = this.#needs;
    this.#stopSliding?.();
    const from = this.#apart;
    if (from === to) return;
    if (calm()) {
      this.#apart = to;
      return;
    }
    /** @type {number | null} */
    let sinceMs = null;
    this.#stopSliding = loop.add((nowMs) => {
      sinceMs ??= nowMs;
      const done = Math.min((nowMs - sinceMs) / SLIDE_MS, 1);
      this.#apart = from + (to - from) * (1 - (1 - done) ** 2);
      if (done === 1) this.#stopSliding?.();
      this.draw();
    });
  }

  /** @param {Summed} shown */
  #explanationOf(shown) {
    return explain(shown.sum, this.#supposed ?? estimatedShare(shown));
  }

  /** @param {"estimate" | "equal"} name */
  #rest(name) {
    return need(this.#needs.root, `[data-act="${name}"]`, HTMLButtonElement);
  }
}

/** @param {Summed} shown */
function estimatedShare({ exchange: { estimate }, sum }) {
  return estimate ? shareFor(sum, estimate.offsetMs) : 0;
}

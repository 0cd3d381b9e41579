// @ts-check
/** The sliders, presets and mishaps of the page Simulate: they show an experiment and ask for changes. */

import { SETTINGS, nearestStop } from "../clock/experiment.js";
import { listen, need, part, say, stopAll } from "./dom.js";
import { settingHint, settingText } from "./lab-words.js";

/** @import { Experiment } from "../clock/experiment.js" */

const STEP_MS = 40;
const SLEEP_MS = 120_000;

/** Networks as they are often met; round figures. @type {Readonly<Record<string, Partial<Experiment>>>} */
const NETWORKS = Object.freeze({
  house: { delayMs: 2, jitterMs: 0.3, therePct: 50, lossPct: 0, upload: 0 },
  city: { delayMs: 20, jitterMs: 1, therePct: 50, lossPct: 0, upload: 0 },
  mobile: { delayMs: 80, jitterMs: 20, therePct: 60, lossPct: 2, upload: 0 },
  satellite: { delayMs: 600, jitterMs: 10, therePct: 50, lossPct: 1, upload: 0 },
});

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {(change: Partial<Experiment>) => void} needs.change
 * @param {(byMs: number) => void} needs.step
 * @param {(forMs: number) => void} needs.sleep
 * @param {() => void} needs.reset
 * @param {() => Promise<void>} needs.copy the address; rejects where the browser forbids it
 */
export function mountLabSettings({ root, change, step, sleep, reset, copy }) {
  const dials = [...root.querySelectorAll("[data-setting]")].map((element) => dial(/** @type {HTMLElement} */ (element)));
  const upload = need(root, "#setting-upload", HTMLInputElement);
  const sleeper = /** @type {HTMLButtonElement} */ (part(root, "sleep"));
  const chips = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-wrong], [data-network]")]);
  const copyWord = part(root, "copy-word");

  /** @param {HTMLElement} chip @returns {Partial<Experiment>} */
  const meant = ({ dataset }) => (dataset.wrong === undefined ? (NETWORKS[dataset.network ?? ""] ?? {}) : { wrongMs: Number(dataset.wrong) });

  /** @param {Experiment} experiment */
  const draw = (experiment) => {
    for (const { name, input, value, hint } of dials) {
      input.value = String(nearestStop(SETTINGS[name], experiment[name]));
      const words = settingText(name, experiment[name]);
      say(value, words);
      input.setAttribute("aria-valuetext", words);
      if (hint) say(hint, settingHint(name, experiment));
    }
    upload.checked = experiment.upload === 1;
    for (const chip of chips) {
      const wanted = /** @type {[keyof Experiment, number][]} */ (Object.entries(meant(chip)));
      chip.setAttribute("aria-pressed", String(wanted.every(([name, value]) => experiment[name] === value)));
    }
  };

  const copyAddress = async () => {
    try {
      await copy();
      say(copyWord, "Copied");
    } catch {
      // Pages without TLS may not touch the clipboard; the address bar holds the same words.
      say(copyWord, "Copy the address of this page");
    }
  };

  const stop = stopAll([
    ...dials.map(({ name, input }) => listen(input, "input", () => change({ [name]: SETTINGS[name].values[Number(input.value)] }))),
    ...chips.map((chip) => listen(chip, "click", () => change(meant(chip)))),
    listen(upload, "change", () => change({ upload: upload.checked ? 1 : 0 })),
    listen(part(root, "step"), "click", () => step(STEP_MS)),
    listen(sleeper, "click", () => sleep(SLEEP_MS)),
    listen(part(root, "reset"), "click", reset),
    listen(part(root, "copy"), "click", () => void copyAddress()),
  ]);
  return {
    draw,
    /** A device that sleeps cannot be put to sleep. @param {boolean} asleep */
    setAsleep: (asleep) => sleeper.setAttribute("aria-disabled", String(asleep)),
    /** Another experiment has another address. */
    changed: () => say(copyWord, "Copy this experiment"),
    ...stop,
  };
}

/** @param {HTMLElement} element */
function dial(element) {
  const name = /** @type {keyof Experiment} */ (element.dataset.setting);
  const input = need(element, "input", HTMLInputElement);
  input.max = String(SETTINGS[name].values.length - 1);
  return { name, input, value: part(element, "value"), hint: /** @type {HTMLElement | null} */ (element.querySelector("[data-part=hint]")) };
}

// @ts-check
/** What stands in for a browser: a clock that stands until told, its timers, a loop without a screen, elements without a page. */

import { FrameLoop } from "../../static/js/ui/loop.js";
import { mountSheet } from "../../static/js/ui/sheet.js";
import { Stamps } from "../../static/js/ui/stamps.js";

/** A clock that stands until told, with its timers. */
export class FakeTime {
  nowMs = 0;
  #next = 1;
  /** @type {Map<number, {atMs: number, run: () => void}>} */
  #timers = new Map();

  now = () => this.nowMs;

  setTimeout = (/** @type {() => void} */ run, /** @type {number} */ delayMs) => {
    this.#timers.set(this.#next, { atMs: this.nowMs + delayMs, run });
    return this.#next++;
  };

  clearTimeout = (/** @type {unknown} */ handle) => {
    this.#timers.delete(Number(handle));
  };

  /** @param {number} ms */
  pass(ms) {
    const endMs = this.nowMs + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.atMs <= endMs).sort((a, b) => a[1].atMs - b[1].atMs)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.nowMs = due[1].atMs;
      due[1].run();
    }
    this.nowMs = endMs;
  }
}

/** A loop whose frames come when a test asks for one, and whose elements are in view when a test says so. @param {FakeTime} time */
export function fakeLoop(time) {
  /** @type {((nowMs: number) => void)[]} */
  const frames = [];
  /** @type {Map<Element, (seen: boolean) => void>} */
  const watched = new Map();
  const loop = new FrameLoop({
    now: time.now,
    requestFrame: (run) => frames.push(run),
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    observeSeen(element, tell) {
      watched.set(element, tell);
      return () => watched.delete(element);
    },
  });
  return { loop, frames, frame: () => frames.shift()?.(time.nowMs), see: (/** @type {Element} */ element, /** @type {boolean} */ seen) => watched.get(element)?.(seen), watched };
}

/** An element as far as modules that clone a template go: classes, style, data, and parts found by their name. */
export class FakeElement extends EventTarget {
  /** @type {FakeElement[]} */
  children = [];
  /** @type {FakeElement | null} */
  parent = null;
  /** @type {Record<string, string>} */
  dataset = {};
  /** @type {Record<string, string>} */
  attributes = {};
  textContent = "";
  tabIndex = 0;
  checked = true;
  clientWidth = 0;
  clientHeight = 0;
  /** @type {Set<string>} */
  classes = new Set();
  classList = { toggle: (/** @type {string} */ name, /** @type {boolean} */ on) => void (on ? this.classes.add(name) : this.classes.delete(name)) };
  /** @type {Record<string, any>} */
  style = { setProperty: (/** @type {string} */ name, /** @type {string} */ value) => (this.style[name] = value) };

  /** @param {string[]} parts names of the parts within @param {Record<string, string>} [dataset] */
  constructor(parts = [], dataset = {}) {
    super();
    Object.assign(this.dataset, dataset);
    for (const name of parts) this.append(new FakeElement([], { part: name }));
  }

  /** @param {FakeElement} child */
  append(child) {
    child.parent = this;
    this.children.push(child);
  }

  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((child) => child !== this);
  }

  /** @param {unknown} other @returns {boolean} */
  contains(other) {
    return other === this || this.children.some((child) => child.contains(other));
  }

  /** @param {string} name */
  part(name) {
    return this.children.find(({ dataset }) => dataset.part === name);
  }

  /** @param {string} selector */
  querySelector(selector) {
    return this.part(/data-part="(.*)"/.exec(selector)?.[1] ?? "") ?? null;
  }

  querySelectorAll() {
    return this.children;
  }

  closest() {
    return this;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  getBoundingClientRect() {
    return { left: 0, top: 0 };
  }

  /** @param {string} type @param {object} [fields] of the event */
  fire(type, fields = {}) {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

/** A canvas that notes what is drawn on it since it was last cleared; a letter is 10 pixels wide. */
export class FakeCanvas {
  #width = 0;
  height = 0;
  hidden = true;
  /** [picture, x, y, width, height, opacity] @type {any[][]} */
  drawn = [];
  /** How often it was cleared or sized. */
  times = 0;

  get width() {
    return this.#width;
  }

  /** Sized is cleared. */
  set width(width) {
    this.#width = width;
    this.clear();
  }

  getContext() {
    const canvas = this;
    const nothing = () => {};
    return {
      globalAlpha: 1,
      scale: nothing,
      translate: nothing,
      measureText: (/** @type {string} */ word) => ({ width: 10 * [...word].length }),
      clearRect: () => canvas.clear(),
      /** @param {any[]} what */
      drawImage(...what) {
        canvas.drawn.push([...what, this.globalAlpha]);
      },
    };
  }

  clear() {
    this.drawn = [];
    this.times += 1;
  }
}

/** A real sheet on such a canvas over a film of 1000 × 600 whose picture begins at 0, 50. @param {FrameLoop} loop */
export function fakeSheet(loop) {
  const canvas = new FakeCanvas();
  const screen = { left: 0, top: 50, width: 1000, height: 500, filmWidth: 1000, filmHeight: 600, ratio: 1 };
  const stamps = new Stamps({ newCanvas: () => /** @type {any} */ (new FakeCanvas()) });
  const sheet = mountSheet({ canvas: /** @type {any} */ (canvas), stamps, loop, size: () => screen, ratio: () => screen.ratio });
  return { canvas, screen, stamps, sheet };
}

/** A template whose only element has these parts. @param {string[]} parts */
export function fakeTemplate(parts) {
  globalThis.HTMLElement = /** @type {any} */ (FakeElement);
  return { content: { firstElementChild: { cloneNode: () => new FakeElement(parts) } } };
}

/** What listens to a party of the fewest parts. */
export class FakeParty {
  /** @type {Map<string, (...event: any[]) => void>} */
  #listeners = new Map();
  /** @type {any[][]} */
  asked = [];

  /** @param {any} state */
  constructor(state) {
    this.state = state;
  }

  on = (/** @type {string} */ name, /** @type {(...event: any[]) => void} */ listener) => {
    this.#listeners.set(name, listener);
    return () => this.#listeners.delete(name);
  };

  /** @param {string} name @param {any} event */
  emit(name, event) {
    this.#listeners.get(name)?.(event);
  }

  moveCursor = (/** @type {number} */ x, /** @type {number} */ y) => void this.asked.push(["move", x, y]);
  leaveCursor = () => void this.asked.push(["leave"]);
  react = (/** @type {string} */ emoji, /** @type {number} */ x, /** @type {number} */ y) => void this.asked.push([emoji, x, y]);
}

/** A browser's storage that forgets with the test. @param {Record<string, string>} [kept] */
export function fakeStorage(kept = {}) {
  const values = new Map(Object.entries(kept));
  return {
    getItem: (/** @type {string} */ key) => values.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value),
  };
}

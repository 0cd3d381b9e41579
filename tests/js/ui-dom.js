// @ts-check
/** A document small enough to read: elements as the ui modules use them, made from the site's own templates. */

import { readFileSync } from "node:fs";

const VOID = new Set(["input", "br", "img", "use", "path", "circle", "rect"]);
const TAG = /<!--[^]*?-->|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*(\/?)>|([^<]+)/gi;
const SELECTOR = /^([a-z]*)((?:[.#][\w-]+|\[[\w-]+(?:=['"][^'"]*['"])?\])*)$/i;

/** One element; text is a string among its children. */
export class FakeElement extends EventTarget {
  /** @type {(FakeElement | string)[]} */
  nodes = [];
  /** @type {FakeElement | null} */
  parent = null;
  tabIndex;
  value = "";
  [Symbol.toStringTag] = "Element";
  scrollTop = 0;
  scrollHeight = 0;
  clientHeight = 0;
  /** @type {Map<string, string>} */
  attributes = new Map();
  style = { setProperty: () => {}, removeProperty: () => {} };

  /** @param {string} tag */
  constructor(tag) {
    super();
    this.tag = tag;
    this.tabIndex = tag === "button" || tag === "a" ? 0 : -1;
    this.dataset = datasetOf(this);
  }

  get ownerDocument() {
    return fakeDocument;
  }
  get children() {
    return this.nodes.filter((node) => node instanceof FakeElement);
  }
  get firstElementChild() {
    return this.children[0] ?? null;
  }
  /** @returns {string} */
  get textContent() {
    return this.nodes.map((node) => (node instanceof FakeElement ? node.textContent : node)).join("");
  }
  set textContent(text) {
    this.replaceChildren(text);
  }
  get hidden() {
    return this.attributes.has("hidden");
  }
  set hidden(hidden) {
    this.toggleAttribute("hidden", hidden);
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.attributes.get(name) ?? null;
  }
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes.set(name, value);
  }
  /** @param {string} name */
  removeAttribute(name) {
    this.attributes.delete(name);
  }
  /** @param {string} name @param {boolean} on */
  toggleAttribute(name, on) {
    if (on) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }

  /** @param {(FakeElement | string)[]} nodes */
  append(...nodes) {
    for (const node of nodes) this.insertBefore(node, null);
  }
  /** @param {(FakeElement | string)[]} nodes */
  replaceChildren(...nodes) {
    for (const child of this.children) child.parent = null;
    this.nodes = [];
    this.append(...nodes);
  }
  /** @param {FakeElement | string} node @param {FakeElement | null} before */
  insertBefore(node, before) {
    if (node instanceof FakeElement) {
      node.remove();
      node.parent = this;
    }
    this.nodes.splice(before ? this.nodes.indexOf(before) : this.nodes.length, 0, node);
  }
  /** As in a browser, what is taken out, be it to stand elsewhere, loses the keyboard. */
  remove() {
    if (this.parent && this.contains(fakeDocument.activeElement)) fakeDocument.activeElement = null;
    if (this.parent) this.parent.nodes = this.parent.nodes.filter((node) => node !== this);
    this.parent = null;
  }
  /** @returns {FakeElement} */
  cloneNode() {
    const twin = new FakeElement(this.tag);
    for (const [name, value] of this.attributes) twin.setAttribute(name, value);
    twin.append(...this.nodes.map((node) => (node instanceof FakeElement ? node.cloneNode() : node)));
    return twin;
  }

  /** @param {FakeElement | null} other */
  contains(other) {
    for (let one = other; one; one = one.parent) if (one === this) return true;
    return false;
  }
  /** @param {string} selector */
  matches(selector) {
    return selector.split(",").some((one) => matchesOne(this, one.trim()));
  }
  /** @param {string} selector @returns {FakeElement | null} */
  closest(selector) {
    return this.matches(selector) ? this : (this.parent?.closest(selector) ?? null);
  }
  /** @param {string} selector @returns {FakeElement[]} */
  querySelectorAll(selector) {
    return this.children.flatMap((child) => [...(child.matches(selector) ? [child] : []), ...child.querySelectorAll(selector)]);
  }
  /** @param {string} selector */
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  focus() {
    fakeDocument.activeElement = this;
    const event = new Event("focusin");
    Object.defineProperty(event, "target", { value: this });
    fakeDocument.dispatchEvent(event);
  }
  scrollIntoView() {}
  get selectionStart() {
    return this.value.length;
  }
  get selectionEnd() {
    return this.value.length;
  }
  /** @param {string} text @param {number} from @param {number} to */
  setRangeText(text, from, to) {
    this.value = this.value.slice(0, from) + text + this.value.slice(to);
  }

  /**
   * Something happens here; like a browser's events it rises to the elements around.
   * @param {string} type
   * @param {object} [how]
   */
  happen(type, how = {}) {
    const event = Object.assign(new Event(type, { cancelable: true }), how);
    let isStopped = false;
    event.stopPropagation = () => (isStopped = true);
    Object.defineProperty(event, "target", { value: this });
    for (let one = /** @type {FakeElement | null} */ (this); one && !isStopped; one = one.parent) one.run(event);
    return event;
  }
  /** @type {Map<string, Set<(event: Event) => void>>} */
  #listeners = new Map();
  /** @override @param {string} type @param {any} listener */
  addEventListener(type, listener) {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener));
  }
  /** @override @param {string} type @param {any} listener */
  removeEventListener(type, listener) {
    this.#listeners.get(type)?.delete(listener);
  }
  /** @param {Event} event */
  run(event) {
    for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
  }
}

export const fakeDocument = Object.assign(new EventTarget(), {
  activeElement: /** @type {FakeElement | null} */ (null),
  createElement: (/** @type {string} */ tag) => new FakeElement(tag),
});

/** Lets the modules' checks of kinds pass. */
export function pretendToBeABrowser() {
  for (const kind of ["HTMLElement", "HTMLFormElement", "HTMLTextAreaElement", "HTMLButtonElement"]) {
    Object.assign(globalThis, { [kind]: FakeElement });
  }
}

/**
 * What a template of the site holds, with Django's own tags left out.
 * @param {string} name below templates/
 * @returns {FakeElement} a root around its elements
 */
export function fromTemplate(name) {
  const html = readFileSync(new URL(`../../templates/${name}`, import.meta.url), "utf8").replace(/\{[#%][^]*?[#%]\}|\{\{[^]*?\}\}/g, "");
  const root = new FakeElement("body");
  let inside = root;
  for (const [, closing, tag, attributes = "", selfClosing, text] of html.matchAll(TAG)) {
    if (text && (text.trim() || !text.includes("\n"))) inside.append(text.replace(/\s+/g, " "));
    if (!tag) continue;
    if (closing) inside = inside.parent ?? root;
    else {
      const element = new FakeElement(tag);
      for (const [, key = "", value = ""] of attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/gi)) element.setAttribute(key, value);
      inside.append(element);
      if (!selfClosing && !VOID.has(tag)) inside = element;
    }
  }
  return root;
}

/**
 * A template element of a parsed file, to be cloned.
 * @param {FakeElement} root
 * @param {string} id
 */
export function piece(root, id) {
  return /** @type {any} */ ({ id, content: root.querySelector(`[id="${id}"]`) });
}

/** @param {FakeElement} element @param {string} selector */
function matchesOne(element, selector) {
  const [, tag, rest = ""] = SELECTOR.exec(selector) ?? [];
  if (tag === undefined) throw new Error(`The small document does not know ${selector}`);
  if (tag && tag !== element.tag) return false;
  const classes = (element.getAttribute("class") ?? "").split(" ");
  return [...rest.matchAll(/\.([\w-]+)|#([\w-]+)|\[([\w-]+)(?:=['"]([^'"]*)['"])?\]/g)].every(([, name, id, attribute, value]) => {
    if (name) return classes.includes(name);
    if (id) return element.getAttribute("id") === id;
    const found = element.getAttribute(attribute ?? "");
    return found !== null && (value === undefined || found === value);
  });
}

/** @param {FakeElement} element @returns {Record<string, string>} */
function datasetOf(element) {
  const nameOf = (/** @type {string | symbol} */ key) => `data-${String(key).replace(/[A-Z]/g, (sign) => `-${sign.toLowerCase()}`)}`;
  return new Proxy(/** @type {Record<string, string>} */ ({}), {
    get: (_, key) => element.attributes.get(nameOf(key)),
    set: (_, key, value) => (element.setAttribute(nameOf(key), String(value)), true),
    deleteProperty: (_, key) => (element.attributes.delete(nameOf(key)), true),
  });
}

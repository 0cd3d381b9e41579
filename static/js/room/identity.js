// @ts-check
/** Who this tab is: its own id across reloads, and the name and colour that the viewer took last time. */

import { remember } from "./remember.js";

/** @import { Store } from "./remember.js" */

/** Longer than a living page needs to answer, shorter than anyone notices. */
const ANSWER_MS = 200;
const TAB_KEY = "csw.tab";
const PROFILE_KEY = "csw.profile";
const LONGEST_NAME = 40;
const TAB_SHAPE = /^[A-Za-z0-9_-]{8,64}$/;
const COLOR_SHAPE = /^#[0-9a-fA-F]{6}$/;

/** Name colours that can be told apart and read on dark and on light. */
export const COLORS = Object.freeze([
  "#e4572e", "#d98e04", "#7a9e1f", "#2e9e5b", "#12938f", "#2b83ba",
  "#4f6bd8", "#7c5cd6", "#a64ac9", "#d1478f", "#b5654a", "#6b7c8c",
]);

/**
 * @typedef {object} Channel a BroadcastChannel, as far as it is needed
 * @property {(message: unknown) => void} postMessage
 * @property {((event: MessageEvent) => void) | null} onmessage
 * @property {() => void} close
 *
 * @typedef {object} Profile
 * @property {string} name
 * @property {string} color #rrggbb
 * @property {boolean} shareCity
 *
 * @typedef {object} Call between the pages of one browser
 * @property {"who" | "here"} kind who: may I be this tab? here: no, I am
 * @property {string} tab
 * @property {string} page asking, or answered
 */

/** The tab's id. A duplicated page copies it, hears the original answer, and draws another. */
export class TabIdentity {
  #storage;
  #channel;
  #newId;
  #page;
  #tab;
  #settled = false;
  /** @type {() => void} */
  #draw = () => {};

  /**
   * @param {{storage: Store | null, channel: Channel | null, newId: () => string}} options
   *   `storage` lives as long as the tab; null where the browser forbids it
   */
  constructor({ storage, channel, newId }) {
    this.#storage = storage;
    this.#channel = channel;
    this.#newId = () => newId();
    this.#page = newId();
    this.#tab = read(storage, TAB_KEY, TAB_SHAPE);
    if (channel) channel.onmessage = (event) => this.#hear(event.data);
  }

  /** The id so far; certain once `ready` has resolved. */
  get tab() {
    return (this.#tab ??= this.#drawn());
  }

  /**
   * @param {(run: () => void, delayMs: number) => unknown} setTimeout
   * @returns {Promise<string>} the id, once no other page claims it
   */
  async ready(setTimeout) {
    if (this.#tab && this.#channel) await this.#askOthers(setTimeout);
    this.#settled = true;
    return this.tab;
  }

  /** Lets another page have the id. */
  stop() {
    this.#channel?.close();
  }

  /** @param {(run: () => void, delayMs: number) => unknown} setTimeout */
  #askOthers(setTimeout) {
    return new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
      this.#draw = () => {
        this.#tab = this.#drawn();
        resolve();
      };
      this.#post({ kind: "who", tab: this.tab, page: this.#page });
      setTimeout(resolve, ANSWER_MS);
    });
  }

  /** @param {Call} call */
  #hear({ kind, tab, page }) {
    if (tab !== this.#tab) return;
    const isOurs = this.#settled || this.#page < page;
    if (kind === "who" && isOurs) this.#post({ kind: "here", tab, page });
    else if (kind === "who" || (page === this.#page && !this.#settled)) this.#draw();
  }

  /** @param {Call} call */
  #post(call) {
    this.#channel?.postMessage(call);
  }

  #drawn() {
    const tab = this.#newId();
    remember(this.#storage, TAB_KEY, tab);
    return tab;
  }
}

/**
 * What the viewer chose last time; a first-time visitor gets a colour and no name.
 * @param {Store | null} storage
 * @param {() => number} random 0 ≤ … < 1
 * @returns {Profile}
 */
export function readProfile(storage, random) {
  const saved = parse(read(storage, PROFILE_KEY));
  return {
    name: typeof saved.name === "string" ? shortName(saved.name) : "",
    color: COLOR_SHAPE.test(String(saved.color)) ? String(saved.color) : pickColor(random),
    shareCity: saved.shareCity !== false,
  };
}

/**
 * @param {Store | null} storage
 * @param {Profile} profile
 */
export function rememberProfile(storage, { name, color, shareCity }) {
  remember(storage, PROFILE_KEY, JSON.stringify({ name, color, shareCity }));
}

/**
 * As long as the server takes it, which counts characters: half an emoji is not even JSON.
 * @param {string} name
 */
export function shortName(name) {
  return Array.from(name.trim()).slice(0, LONGEST_NAME).join("");
}

/** @param {() => number} random 0 ≤ … < 1 */
export function pickColor(random) {
  return /** @type {string} */ (COLORS[Math.floor(random() * COLORS.length)]);
}

/**
 * The browser's IANA time zone, from which the server guesses the city.
 * @param {Pick<typeof Intl, "DateTimeFormat">} intl
 * @returns {string | undefined} undefined where the browser does not tell
 */
export function timeZone(intl) {
  const { timeZone: told } = intl.DateTimeFormat().resolvedOptions();
  try {
    // Chromium tells "Etc/Unknown" where the system does not say, and then refuses that name itself.
    return told && intl.DateTimeFormat("en", { timeZone: told }) ? told : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * @param {Store | null} storage
 * @param {string} key
 * @param {RegExp} [shape]
 */
function read(storage, key, shape = /./) {
  try {
    const value = storage?.getItem(key) ?? null;
    return value !== null && shape.test(value) ? value : null;
  } catch {
    return null; // Forbidden by the browser: the viewer is asked anew, nothing else is lost.
  }
}

/**
 * @param {string | null} text
 * @returns {Record<string, unknown>}
 */
function parse(text) {
  try {
    const value = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

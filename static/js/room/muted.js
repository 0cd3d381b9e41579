// @ts-check
/** Whom this viewer does not want to read in this room: by person, on this device only. */

import { remember } from "./remember.js";

/** @import { Store } from "./remember.js" */

const MUTED_KEY = "csw-muted";
/** Beyond it the longest muted are forgotten: a browser's storage is no archive. */
const MOST_MUTED = 200;

export class Muted {
  #storage;
  #key;
  /** @type {Set<string>} */
  #persons;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** Counts the changes, so that who draws can tell whether there was one. */
  version = 0;

  /**
   * @param {object} needs
   * @param {Store | null} needs.storage
   * @param {string} needs.slug of the room
   */
  constructor({ storage, slug }) {
    this.#storage = storage;
    this.#key = `${MUTED_KEY}:${slug}`;
    this.#persons = new Set(parse(storage?.getItem(this.#key) ?? null));
  }

  /** @param {string} person */
  has(person) {
    return this.#persons.has(person);
  }

  /**
   * @param {string} person
   * @param {boolean} muted
   */
  set(person, muted) {
    if (muted === this.has(person)) return;
    if (muted) this.#persons.add(person);
    else this.#persons.delete(person);
    this.#persons = new Set([...this.#persons].slice(-MOST_MUTED));
    remember(this.#storage, this.#key, JSON.stringify([...this.#persons]));
    this.version += 1;
    for (const listener of this.#listeners) listener();
  }

  /**
   * @param {() => void} listener called after each change
   * @returns {() => void} unsubscribes
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/**
 * @param {string | null} text as remembered
 * @returns {string[]} none where it is no list of ours
 */
function parse(text) {
  try {
    const persons = JSON.parse(text ?? "[]");
    return Array.isArray(persons) ? persons.filter((person) => typeof person === "string") : [];
  } catch {
    return []; // Somebody else wrote there.
  }
}

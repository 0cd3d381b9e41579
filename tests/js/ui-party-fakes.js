// @ts-check
/** A party for the interface of roles and settings: a state to be changed, events to be told, and what was asked of it. */

import { mayOf } from "../../static/js/room/may.js";
import { settingsOf, userOf } from "./room-fakes.js";
import { FakeElement, pretendToBeABrowser } from "./ui-dom.js";

/** @import { PartyEvents, PartyState } from "../../static/js/room/party-state.js" */

/** Lets the modules' checks of kinds pass, those of forms and dialogs among them. */
export function pretend() {
  pretendToBeABrowser();
  for (const kind of ["Element", "HTMLInputElement", "HTMLSelectElement", "HTMLDialogElement"]) Object.assign(globalThis, { [kind]: FakeElement });
}

/** @param {FakeElement} element @returns {any} a dialog that opens and closes */
export function asDialog(element) {
  return Object.assign(element, {
    open: false,
    showModal: () => Object.assign(element, { open: true }),
    close: () => Object.assign(element, { open: false }),
  });
}

export class FakeParty {
  /** @type {any} */
  state;
  /** What was asked, as name and arguments. @type {unknown[][]} */
  asked = [];
  reachable = true;
  /** @type {Set<(state: PartyState) => void>} */
  #draws = new Set();
  /** @type {Map<string, Set<(event: any) => void>>} */
  #listeners = new Map();

  /** @param {object} [state] */
  constructor(state) {
    const self = userOf("me", { name: "Ada", role: "owner" });
    this.state = {
      phase: "joined", self, users: [self], userCount: 1, statuses: {}, settings: settingsOf({ title: "Demo" }), granted: [], asked: [], bans: [],
      room: { createdBy: self.person }, rightful: self.person, ...state,
    }; // prettier-ignore
  }

  get may() {
    return mayOf(this.state);
  }
  subscribe = (/** @type {(state: PartyState) => void} */ draw) => {
    this.#draws.add(draw);
    return () => this.#draws.delete(draw);
  };
  on = (/** @type {string} */ name, /** @type {any} */ listener) => {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener));
    return () => this.#listeners.get(name)?.delete(listener);
  };
  /** @param {object} state */
  change(state) {
    this.state = { ...this.state, ...state };
    for (const draw of this.#draws) draw(this.state);
  }
  /** @template {keyof PartyEvents} Name @param {Name} name @param {Partial<PartyEvents[Name][0]>} event */
  emit(name, event) {
    for (const listener of this.#listeners.get(name) ?? []) listener(event);
  }

  giveRole = (/** @type {unknown[]} */ ...args) => this.#ask("giveRole", args);
  removeMember = (/** @type {unknown[]} */ ...args) => this.#ask("removeMember", args);
  unban = (/** @type {unknown[]} */ ...args) => this.#ask("unban", args);
  answerAsk = (/** @type {unknown[]} */ ...args) => this.#ask("answerAsk", args);
  changeSettings = (/** @type {unknown[]} */ ...args) => this.#ask("changeSettings", args);
  endRoom = (/** @type {unknown[]} */ ...args) => this.#ask("endRoom", args);
  askForControl = () => {
    this.#ask("askForControl", []);
    this.change({ asked: [...this.state.asked, this.state.self.id] });
  };

  /** @param {string} name @param {unknown[]} args */
  #ask(name, args) {
    if (!this.reachable) return null;
    this.asked.push([name, ...args]);
    return `ref-${this.asked.length}`;
  }
}

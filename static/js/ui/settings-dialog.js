// @ts-check
/** The room's settings, for owner and hosts: filled from the room, saved at once, each refusal beside its field. */

import { listen, need, part, say, stopAll } from "./dom.js";
import { mountBackdrop } from "./invite.js";
import { keepKeyboard } from "./keep-keyboard.js";
import { changesOf, problemOf } from "./settings-changes.js";

/** @import { Settings } from "../room/house.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Refusal } from "../room/refusals.js" */
/** @import { Question } from "./ask-first.js" */
/** @import { Filled } from "./settings-changes.js" */

/** @typedef {HTMLInputElement | HTMLSelectElement} Field */

/** @type {readonly (keyof Filled)[]} */
const NAMES = ["title", "control", "chatBy", "slowModeS", "waitForAll", "locked", "hasPassword", "password", "public", "maxUsers", "onEnd"];

/** @type {Question} */
const END = Object.freeze({
  title: "End the party?",
  words: "The room closes for everybody, for good. Nobody can come back into it.",
  button: "End the party",
  reason: false,
});

/**
 * @param {object} needs
 * @param {HTMLDialogElement} needs.dialog
 * @param {HTMLElement} needs.opener shown to owner and hosts only
 * @param {HTMLElement} needs.home where the keyboard goes on when the opener goes with it
 * @param {Party} needs.party
 * @param {(question: Question, run: () => void) => void} needs.ask first
 */
export function mountSettingsDialog({ dialog, opener, home, party, ask }) {
  const form = need(dialog, "[data-part='form']", HTMLFormElement);
  const save = part(dialog, "save");
  const end = part(dialog, "end");
  const password = field(form, "password");
  /** What the fields were last filled from. @type {Settings | null} */
  let base = null;
  /** @type {string | null} */
  let savingRef = null;
  let isAsking = false;

  /** @param {boolean} busy */
  const wait = (busy) => {
    save.setAttribute("aria-disabled", String(busy)); // Not `disabled`: that would take the keyboard off it.
    say(save, busy ? "Saving…" : "Save");
  };

  /** @param {keyof Filled | null} name null: about all of it @param {string} message */
  const complain = (name, message) => {
    for (const each of NAMES) field(form, each).setAttribute("aria-invalid", String(each === name));
    for (const error of form.querySelectorAll("[data-error]")) {
      const mine = error.getAttribute("data-error") === (name ?? "");
      say(error, mine ? message : "");
      if (error instanceof HTMLElement) error.hidden = !mine || message === "";
    }
    if (name !== null) field(form, name).focus();
  };

  /** Fields that nobody has touched follow the room. @param {Settings} settings */
  const fill = (settings) => {
    const names = /** @type {(keyof Settings)[]} */ (Object.keys(settings));
    for (const name of names) {
      const untouched = base === null || read(form, name) === base[name];
      if (untouched) write(form, name, settings[name]);
    }
    base = settings;
    drawPassword();
  };

  const drawPassword = () => {
    const on = read(form, "hasPassword") === true;
    part(dialog, "password").hidden = !on;
    password.setAttribute("placeholder", base?.hasPassword ? "Unchanged" : "");
  };

  const open = () => {
    const { settings } = party.state;
    if (!settings) return;
    base = null;
    password.value = "";
    fill(settings);
    complain(null, "");
    wait(false);
    savingRef = null;
    end.hidden = !party.may.rightful;
    if (!dialog.open) dialog.showModal();
  };

  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!base || savingRef !== null) return;
    const filled = /** @type {Filled} */ (Object.fromEntries(NAMES.map((name) => [name, read(form, name)])));
    const problem = problemOf(base, filled);
    complain(problem?.field ?? null, problem?.message ?? "");
    if (problem) return;
    const changes = changesOf(base, filled);
    if (changes === null) return dialog.close();
    isAsking = true; // A room that can't be reached refuses at once, and has no ref for it.
    savingRef = party.changeSettings(changes);
    isAsking = false;
    if (savingRef === null) complain(null, "The room can’t be reached just now. Try again in a moment.");
    wait(savingRef !== null);
  };

  const draw = () => {
    const { phase, settings } = party.state;
    const mine = party.may.host && phase === "joined";
    if (dialog.open && !party.may.host) dialog.close();
    keepKeyboard(opener, () => (opener.hidden = !mine), () => home.focus());
    end.hidden = !party.may.rightful;
    if (dialog.open && savingRef === null && settings && settings !== base) fill(settings);
  };

  draw();
  return {
    /** Whether it says so itself. @param {Refusal} refusal not heard here yet */
    tells: ({ ref }) => dialog.open && (isAsking || (ref !== undefined && ref === savingRef)),
    ...stopAll([
      party.subscribe(draw),
      party.on("answered", ({ ref, outcome }) => {
        if (ref !== savingRef || outcome !== "answered") return;
        savingRef = null;
        dialog.close();
      }),
      party.on("refusal", ({ ref, message, field: name }) => {
        if (ref === undefined || ref !== savingRef) return;
        savingRef = null;
        wait(false);
        complain(NAMES.find((each) => each === name) ?? null, message);
      }),
      listen(opener, "click", open),
      listen(form, "submit", submit),
      listen(field(form, "hasPassword"), "change", drawPassword),
      listen(end, "click", () =>
        ask(END, () => {
          dialog.close();
          party.endRoom();
        }),
      ),
      mountBackdrop(dialog),
    ]),
  };
}

/** @param {HTMLFormElement} form @param {string} name @returns {Field} */
function field(form, name) {
  const found = form.querySelector(`[name="${name}"]`);
  if (found instanceof HTMLInputElement || found instanceof HTMLSelectElement) return found;
  throw new Error(`The page lacks the field ${name}`);
}

/** @param {HTMLFormElement} form @param {string} name */
function read(form, name) {
  const input = field(form, name);
  if (input.getAttribute("type") === "checkbox") return /** @type {HTMLInputElement} */ (input).checked;
  return input.dataset.number === undefined ? input.value.trim() : Number(input.value);
}

/** @param {HTMLFormElement} form @param {string} name @param {string | number | boolean} value */
function write(form, name, value) {
  const input = field(form, name);
  if (typeof value === "boolean") /** @type {HTMLInputElement} */ (input).checked = value;
  else input.value = String(value);
}

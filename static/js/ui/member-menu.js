// @ts-check
/** What may be done with somebody in the list: a button in their row opens it beneath, for hand, keyboard and touch alike. */

import { listen, part, say, stopAll } from "./dom.js";
import { LABELS, actionsFor, questionFor } from "./member-actions.js";

/** @import { Party } from "../room/party.js" */
/** @import { Question } from "./ask-first.js" */
/** @import { Action } from "./member-actions.js" */
/** @import { Guest } from "./tabs-of.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.list of people
 * @param {Party} needs.party
 * @param {(question: Question, run: (reason: string) => void) => void} needs.ask first
 */
export function mountMemberMenu({ list, party, ask }) {
  /** The person whose menu is open. @type {string | null} */
  let open = null;

  /** @param {HTMLElement} row @param {boolean} isOpen */
  const show = (row, isOpen) => {
    part(row, "menu").hidden = !isOpen;
    part(row, "more").setAttribute("aria-expanded", String(isOpen));
  };

  const close = () => {
    const row = open === null ? null : rowOf(list, open);
    open = null;
    if (!row) return;
    show(row, false);
    part(row, "more").focus();
  };

  /** @param {string} userId @param {Action} action @param {string} [reason] */
  const act = (userId, action, reason) => {
    const deeds = {
      "make-host": () => party.giveRole(userId, "host"),
      "make-guest": () => party.giveRole(userId, "guest"),
      "hand-over": () => party.giveRole(userId, "owner"),
      "let-control": () => party.answerAsk(userId, true),
      "take-control": () => party.answerAsk(userId, false),
      remove: () => party.removeMember(userId, { reason }),
      ban: () => party.removeMember(userId, { ban: true, reason }),
    };
    deeds[action]();
  };

  /** @param {HTMLElement} row @param {HTMLElement} button */
  const choose = (row, button) => {
    const action = /** @type {Action} */ (button.dataset.action);
    const userId = row.dataset.userId ?? "";
    const name = part(row, "name").textContent ?? "";
    const question = questionFor(action, name);
    close();
    if (question) ask(question, (reason) => act(userId, action, reason));
    else act(userId, action);
  };

  return {
    /**
     * Draws what may be done with them; the list calls it for each row.
     * @param {HTMLElement} row
     * @param {Guest} guest
     */
    draw(row, { person, lead }) {
      const actions = actionsFor(lead, party.state, party.may);
      const more = part(row, "more");
      more.hidden = actions.length === 0;
      more.setAttribute("aria-label", `What to do with ${lead.name}`);
      if (actions.length === 0 && open === person) open = null;
      show(row, open === person);
      for (const button of part(row, "menu").querySelectorAll("button")) {
        const action = /** @type {Action} */ (button.dataset.action);
        button.hidden = !actions.includes(action);
        say(button, LABELS[action]);
      }
    },
    ...stopAll([
      listen(list, "click", (/** @type {MouseEvent} */ event) => {
        const button = event.target instanceof Element ? event.target.closest("button") : null;
        const row = button?.closest("li");
        if (!(button instanceof HTMLElement) || !(row instanceof HTMLElement)) return;
        if (button.dataset.action) return choose(row, button);
        const person = row.dataset.person ?? null;
        const before = open === null ? null : rowOf(list, open);
        if (before) show(before, false);
        open = open === person ? null : person;
        show(row, open !== null);
      }),
      listen(list, "keydown", (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== "Escape" || open === null) return;
        event.preventDefault();
        close();
      }),
    ]),
  };
}

/** @param {HTMLElement} list @param {string} person @returns {HTMLElement | null} */
function rowOf(list, person) {
  const rows = [...list.children].filter((row) => row instanceof HTMLElement);
  return rows.find((row) => row.dataset.person === person) ?? null;
}

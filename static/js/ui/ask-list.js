// @ts-check
/** Who asks for control, on top of the people, for those who may answer. */

import { copy, listen, need, part, say, stopAll } from "./dom.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.list
 * @param {HTMLTemplateElement} needs.template
 * @param {Party} needs.party
 * @param {HTMLElement} needs.home where the keyboard goes on once nobody asks any more
 */
export function mountAskList({ list, template, party, home }) {
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  const draw = () => {
    const { asked, users } = party.state;
    const asking = party.may.host ? users.filter(({ id }) => asked.includes(id)) : [];
    for (const [id, row] of rows) {
      if (asking.some((user) => user.id === id)) continue;
      row.remove();
      rows.delete(id);
    }
    for (const { id, name } of asking) {
      if (!rows.has(id)) list.append(rowFor(id));
      const row = /** @type {HTMLElement} */ (rows.get(id));
      say(part(row, "words"), `${name} asks for control.`);
    }
    list.hidden = asking.length === 0;
  };
  /** @param {string} id */
  const rowFor = (id) => {
    const row = copy(template);
    row.dataset.userId = id;
    rows.set(id, row);
    return row;
  };
  const redraw = () =>
    keepKeyboard(list, draw, () => {
      const next = list.firstElementChild;
      (next ? need(next, "[data-grant]", HTMLElement) : home).focus();
    });

  redraw();
  return stopAll([
    party.subscribe(redraw),
    listen(list, "click", (/** @type {MouseEvent} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-grant]") : null;
      const row = button?.closest("li");
      if (!button || !(row instanceof HTMLElement)) return;
      party.answerAsk(row.dataset.userId ?? "", button.getAttribute("data-grant") === "yes");
    }),
  ]);
}

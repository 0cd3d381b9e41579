// @ts-check
/** Who is banned, below the people, for those who may let them in again. */

import { copy, listen, part, say, stopAll } from "./dom.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { Ban } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root a disclosure, shown to owner and hosts only
 * @param {HTMLTemplateElement} needs.template
 * @param {Party} needs.party
 * @param {(atMs: number) => string} needs.when a time of the media clock, in words
 * @param {HTMLElement} needs.home where the keyboard goes on once nobody is banned any more
 * @param {(sentence: string) => void} needs.announce
 */
export function mountBans({ root, template, party, when, home, announce }) {
  const list = part(root, "list");
  /** By person. @type {Map<string, HTMLElement>} */
  const rows = new Map();
  /** Asked to let in, by ref: their names. @type {Map<string, string>} */
  const asked = new Map();

  /** @param {Ban} ban */
  const rowFor = ({ person, name, at, by }) => {
    const row = copy(template);
    row.dataset.person = person;
    say(part(row, "name"), name);
    say(part(row, "how"), [by && `by ${by}`, when(at)].filter(Boolean).join(", "));
    part(row, "unban").setAttribute("aria-label", `Let back in: ${name}`);
    rows.set(person, row);
    return row;
  };

  const draw = () => {
    const bans = party.may.host ? party.state.bans : [];
    for (const [person, row] of rows) {
      if (bans.some((ban) => ban.person === person)) continue;
      row.remove();
      rows.delete(person);
    }
    bans.forEach((ban, index) => {
      const row = rows.get(ban.person) ?? rowFor(ban);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
    say(part(root, "count"), String(bans.length));
    root.hidden = bans.length === 0;
  };

  const redraw = () =>
    keepKeyboard(list, draw, () => {
      const next = list.firstElementChild;
      (next ? part(next, "unban") : home).focus();
    });

  redraw();
  return stopAll([
    party.subscribe(redraw),
    listen(list, "click", (/** @type {MouseEvent} */ event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      const row = button?.closest("li");
      if (!(row instanceof HTMLElement)) return;
      const ref = party.unban(row.dataset.person ?? "");
      if (ref !== null) asked.set(ref, part(row, "name").textContent ?? "");
    }),
    party.on("answered", ({ ref, outcome }) => {
      const name = asked.get(ref);
      if (asked.delete(ref) && outcome === "answered") announce(`${name} may come in again.`);
    }),
  ]);
}

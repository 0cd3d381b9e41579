// @ts-check
/** Who is here: colour, name, place, local time and how well each one is in step. */

import { copy, part, say, stopAll } from "./dom.js";
import { count as counted, difference, initial } from "./format.js";
import { keepKeyboard } from "./keep-keyboard.js";
import { badgeOf } from "./member-actions.js";
import { isMeasured, wordFor } from "./status-words.js";
import { byPerson, tellingStatus } from "./tabs-of.js";

/** @import { Status } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */
/** @import { Guest } from "./tabs-of.js" */

/** Local times show minutes; half of that keeps them honest. */
const CLOCK_REFRESH_MS = 15_000;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.list
 * @param {HTMLElement} needs.count
 * @param {HTMLElement} needs.alone hint for a room of one
 * @param {HTMLTemplateElement} needs.template
 * @param {HTMLElement} [needs.home] around all of that; the keyboard goes there when what it is on goes
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => number} needs.civilNowMs UTC
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 * @param {(row: HTMLElement, guest: Guest) => void} [needs.drawMenu] what may be done with them, where somebody may
 */
export function mountPeople({ list, count, alone, template, home = list, party, loop, civilNowMs, setInterval, clearInterval, drawMenu }) {
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  const clocks = new ZoneClocks();

  const draw = () => {
    const { users, userCount, statuses, self, phase } = party.state;
    const guests = byPerson(users, users.find(({ id }) => id === self?.id) ?? null);
    const present = new Set(guests.map(({ person }) => person));
    for (const [person, row] of rows) {
      if (present.has(person)) continue;
      row.remove();
      rows.delete(person);
    }
    guests.forEach((guest, index) => {
      let row = rows.get(guest.person);
      if (!row) {
        row = copy(template);
        rows.set(guest.person, row);
      }
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
      const isSelf = guest.person === self?.person;
      fill(row, guest, isSelf, clocks.time(guest.lead.timezone, civilNowMs()));
      const badge = badgeOf(guest.lead, party.state);
      part(row, "role").hidden = badge === "";
      say(part(row, "role"), badge);
      showStatus(row, tellingStatus(guest.tabs, statuses), isSelf);
      drawMenu?.(row, guest);
    });
    say(count, userCount ? String(userCount) : "");
    alone.hidden = !(phase === "joined" && guests.length === 1 && userCount === users.length);
  };

  const redraw = () => keepKeyboard(home, draw, () => home.focus());

  const timer = setInterval(() => loop.once(redraw), CLOCK_REFRESH_MS);
  return stopAll([party.subscribe(() => loop.once(redraw)), () => clearInterval(timer)]);
}

/**
 * @param {HTMLElement} row
 * @param {Guest} guest
 * @param {boolean} isSelf
 * @param {string} localTime
 */
function fill(row, { person, lead: user, tabs }, isSelf, localTime) {
  row.dataset.person = person;
  row.dataset.userId = user.id;
  const disc = part(row, "disc");
  disc.style.setProperty("--person", user.color);
  say(disc, initial(user.name));
  say(part(row, "name"), user.name);
  part(row, "you").hidden = !isSelf;
  say(part(row, "tabs"), tabs.length > 1 ? counted(tabs.length, "tab") : "");
  say(part(row, "place"), [user.flag, user.city].filter(Boolean).join(" "));
  say(part(row, "time"), localTime);
}

/**
 * @param {HTMLElement} row
 * @param {Status | undefined} status
 * @param {boolean} isSelf
 */
function showStatus(row, status, isSelf) {
  const sync = part(row, "sync");
  const state = status?.state ?? "unknown";
  const { word, light } = wordFor(state);
  sync.dataset.state = state;
  sync.dataset.light = light;
  const measured = status && isMeasured(state);
  const { figure, unit } = difference(status?.driftMs ?? 0);
  say(part(row, "drift"), measured ? `${figure} ${unit}` : "");
  say(part(row, "state"), isSelf && state === "local" ? "On your own" : word);
}

/** Local times by zone; a zone that the browser does not know shows none. */
class ZoneClocks {
  /** @type {Map<string, Intl.DateTimeFormat | null>} */
  #formats = new Map();

  /**
   * @param {string | null} timezone
   * @param {number} civilMs
   */
  time(timezone, civilMs) {
    if (!timezone) return "";
    if (!this.#formats.has(timezone)) this.#formats.set(timezone, zoneFormat(timezone));
    return this.#formats.get(timezone)?.format(civilMs) ?? "";
  }
}

/** @param {string} timeZone */
function zoneFormat(timeZone) {
  try {
    return new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", timeZone });
  } catch (error) {
    // Zones come from other people's browsers; one that ours does not know is no fault.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

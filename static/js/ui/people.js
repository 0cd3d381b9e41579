// @ts-check
/** Who is here: colour, name, place, local time and how well each one is in step. */

import { copy, part, say, stopAll } from "./dom.js";
import { difference, initial } from "./format.js";
import { isMeasured, wordFor } from "./status-words.js";

/** @import { Status, User } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */

/** Local times show minutes; half of that keeps them honest. */
const CLOCK_REFRESH_MS = 15_000;

/**
 * @param {object} needs
 * @param {HTMLElement} needs.list
 * @param {HTMLElement} needs.count
 * @param {HTMLElement} needs.alone hint for a room of one
 * @param {HTMLTemplateElement} needs.template
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => number} needs.civilNowMs UTC
 * @param {(run: () => void, everyMs: number) => unknown} needs.setInterval
 * @param {(handle: any) => void} needs.clearInterval
 */
export function mountPeople({ list, count, alone, template, party, loop, civilNowMs, setInterval, clearInterval }) {
  /** @type {Map<string, HTMLElement>} */
  const rows = new Map();
  const clocks = new ZoneClocks();

  const draw = () => {
    const { users, userCount, statuses, self, phase } = party.state;
    const ordered = self ? [...users].sort((a, b) => Number(b.id === self.id) - Number(a.id === self.id)) : users;
    const present = new Set(ordered.map((user) => user.id));
    for (const [id, row] of rows) {
      if (present.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    ordered.forEach((user, index) => {
      let row = rows.get(user.id);
      if (!row) {
        row = copy(template);
        rows.set(user.id, row);
      }
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
      fill(row, user, user.id === self?.id, clocks.time(user.timezone, civilNowMs()));
      showStatus(row, statuses[user.id], user.id === self?.id);
    });
    say(count, userCount ? String(userCount) : "");
    alone.hidden = !(phase === "joined" && users.length === 1);
  };

  const timer = setInterval(() => loop.once(draw), CLOCK_REFRESH_MS);
  return stopAll([party.subscribe(() => loop.once(draw)), () => clearInterval(timer)]);
}

/**
 * @param {HTMLElement} row
 * @param {User} user
 * @param {boolean} isSelf
 * @param {string} localTime
 */
function fill(row, user, isSelf, localTime) {
  row.dataset.userId = user.id;
  const disc = part(row, "disc");
  disc.style.setProperty("--person", user.color);
  say(disc, initial(user.name));
  say(part(row, "name"), user.name);
  part(row, "you").hidden = !isSelf;
  const role = part(row, "role");
  role.hidden = user.role === "guest";
  say(role, "host");
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

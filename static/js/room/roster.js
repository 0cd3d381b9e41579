// @ts-check
/** Who is in the room, as far as passing events have told, and whether that needs to be asked anew. */

import { crc32 } from "./crc32.js";

/** @import { Role, Status, StatusSummary, User } from "../protocol/protocol.js" */

/** As people sort names: "Ben 9" before "Ben 10". */
const NAMES = new Intl.Collator(undefined, { numeric: true });
/** @type {Record<string, number>} */
const ROLE_ORDER = { owner: 0, host: 1, guest: 2 };

/**
 * @typedef {object} RoleChange
 * @property {string} person whose role it is from now on
 * @property {Role} role
 * @property {Role} [formerRole] of who owned the room before, where `role` is owner
 */

export class Roster {
  /** @type {Map<string, User>} */
  #users = new Map();
  #count = 0;
  /** @type {readonly User[] | null} */
  #sorted = null;
  /** @type {Readonly<Record<string, Status>>} */
  #statuses = Object.freeze({});
  /** @type {StatusSummary | null} */
  #summary = null;

  /** Everybody known: owner, hosts, guests, each by name. */
  get users() {
    this.#sorted ??= Object.freeze([...this.#users.values()].sort(byRoleAndName));
    return this.#sorted;
  }

  /** How many there are; more than `users.length` in a large room. */
  get count() {
    return this.#count;
  }

  get statuses() {
    return this.#statuses;
  }

  get summary() {
    return this.#summary;
  }

  /** @param {string | null | undefined} userId */
  find(userId) {
    return userId ? (this.#users.get(userId) ?? null) : null;
  }

  /**
   * @param {User[]} users
   * @param {number} [count] where the list was cut
   */
  replace(users, count = users.length) {
    this.#users = new Map(users.map((user) => [user.id, user]));
    this.#count = count;
    this.#sorted = null;
    this.#keepStatuses((userId) => this.#users.has(userId));
  }

  /** @param {User} user who came, or came back */
  add(user) {
    if (!this.#users.has(user.id)) this.#count += 1;
    this.update(user);
  }

  /** @param {User} user with another name, colour or role; in a cut list perhaps a stranger so far */
  update(user) {
    this.#users.set(user.id, user);
    this.#count = Math.max(this.#count, this.#users.size);
    this.#sorted = null;
  }

  /**
   * @param {string} userId
   * @returns {User | null} who left, if known
   */
  remove(userId) {
    const user = this.find(userId);
    this.#users.delete(userId);
    this.#count = Math.max(this.#count - 1, this.#users.size);
    if (user) this.#sorted = null;
    this.#keepStatuses((id) => id !== userId);
    return user;
  }

  /** Who owns the room now, as far as known here. */
  get owner() {
    return this.users.find(({ role }) => role === "owner") ?? null;
  }

  /** @param {RoleChange} change for all tabs of a person, and for those of who was owner */
  giveRole(change) {
    this.#users = new Map([...this.#users].map(([id, user]) => [id, withRole(user, change)]));
    this.#sorted = null;
  }

  /** The tabs of a person, in the order of the list. @param {string} person */
  tabsOf(person) {
    return this.users.filter((user) => user.person === person);
  }

  /**
   * Whether the server's digest differs from what is known here, so that the list is to be asked.
   * @param {{count: number, hash?: number}} digest without a hash (large rooms) only the count is taken
   */
  differsFrom({ count, hash }) {
    if (hash === undefined) {
      this.#count = Math.max(count, this.#users.size);
      return false;
    }
    return count !== this.#users.size || hash !== this.digest();
  }

  /** CRC-32 of the `id|name|color|role` lines in the order of ids. */
  digest() {
    const users = [...this.#users.values()].sort((a, b) => compare(a.id, b.id));
    return crc32(users.map(({ id, name, color, role }) => `${id}|${name}|${color}|${role}`).join("\n"));
  }

  /** @param {{statuses?: Record<string, Status>, summary?: StatusSummary}} report */
  report({ statuses, summary }) {
    if (statuses) this.#statuses = Object.freeze({ ...statuses });
    this.#summary = summary ?? null;
  }

  /** @param {(userId: string) => boolean} isKept */
  #keepStatuses(isKept) {
    const entries = Object.entries(this.#statuses);
    const kept = entries.filter(([userId]) => isKept(userId));
    if (kept.length < entries.length) this.#statuses = Object.freeze(Object.fromEntries(kept));
  }
}

/**
 * @template {User} T
 * @param {T} user
 * @param {RoleChange} change
 * @returns {Readonly<T>} the same object where it changes nothing
 */
export function withRole(user, { person, role, formerRole }) {
  const isRelieved = role === "owner" && formerRole !== undefined && user.role === "owner";
  const now = user.person === person ? role : isRelieved ? formerRole : user.role;
  return now === user.role ? user : Object.freeze({ ...user, role: now });
}

/**
 * @param {User} a
 * @param {User} b
 */
function byRoleAndName(a, b) {
  return (
    (ROLE_ORDER[a.role] ?? 3) - (ROLE_ORDER[b.role] ?? 3) ||
    NAMES.compare(a.name, b.name) ||
    compare(a.id, b.id)
  );
}

/**
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : Number(a > b);
}

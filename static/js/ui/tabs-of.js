// @ts-check
/** People out of viewers: the tabs of one person are one row, and their most telling state is its; pure. */

/** @import { Status, User } from "../protocol/protocol.js" */

/**
 * One person in the list.
 * @typedef {{person: string, lead: User, tabs: readonly User[]}} Guest `lead` is the tab that names them
 */

/** What somebody else would want to know first. @type {readonly string[]} */
const TELLING = ["buffering", "blocked", "seeking", "adjusting", "synced", "local", "hidden"];

/**
 * @param {readonly User[]} users
 * @param {User | null} self comes first, and leads their own tabs
 * @returns {Guest[]} in the order of `users`
 */
export function byPerson(users, self) {
  /** @type {Map<string, User[]>} */
  const groups = new Map();
  const ordered = self ? [self, ...users.filter(({ id }) => id !== self.id)] : users;
  for (const user of ordered) groups.set(user.person, [...(groups.get(user.person) ?? []), user]);
  return [...groups].map(([person, tabs]) => ({ person, lead: /** @type {User} */ (tabs[0]), tabs }));
}

/**
 * @param {readonly User[]} tabs of one person
 * @param {Readonly<Record<string, Status>>} statuses by user id
 * @returns {Status | undefined} undefined: none has told yet
 */
export function tellingStatus(tabs, statuses) {
  const known = tabs.flatMap(({ id }) => statuses[id] ?? []);
  return known.sort((a, b) => TELLING.indexOf(a.state) - TELLING.indexOf(b.state))[0];
}

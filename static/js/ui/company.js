// @ts-check
/** Says who came and who went: each one over the film, all of a moment in one sentence to screen readers. */

import { stopAll } from "./dom.js";

/** @import { Party } from "../room/party.js" */
/** @import { Timers } from "../room/timer.js" */

/** In a crowd comings and goings are noise. */
const CROWD = 20;
/** Long enough for a reload to be no news, short enough for a sentence to be true. */
const GATHER_MS = 2500;
/** What somebody did by hand and can do again; requests with a ref say it themselves, all else the page sends on its own. */
const BY_HAND = new Set(["memberAsk", "rename"]);

/**
 * @param {Timers & {
 *   party: Party,
 *   tell: (sentence: string) => void,
 *   announce: (sentence: string) => void,
 * }} needs `tell` speaks over the film, `announce` to screen readers
 */
export function mountCompany({ party, tell, announce, setTimeout, clearTimeout }) {
  /** By id: who came (true) or left (false) since the last sentence. @type {Map<string, {name: string, came: boolean}>} */
  const news = new Map();
  /** @type {unknown} */
  let timer = null;

  const report = () => {
    timer = null;
    const sentence = companySentence([...news.values()]);
    news.clear();
    if (sentence) announce(sentence);
  };
  /**
   * @param {{id: string, person: string, name: string}} user
   * @param {boolean} came
   */
  const note = ({ id, person, name }, came) => {
    const { userCount, users, self } = party.state;
    // Somebody's second tab is nobody new, and its end is no leaving.
    const hasOthers = users.some((user) => user.person === person && user.id !== id);
    if (userCount > CROWD || id === self?.id || hasOthers) return;
    tell(came ? `${name} came in.` : `${name} left.`);
    const before = news.get(id);
    // Who went and is back, or came and is gone again, changed nothing.
    if (before && before.came !== came) news.delete(id);
    else news.set(id, { name, came });
    timer ??= setTimeout(report, GATHER_MS);
  };
  return stopAll([
    party.on("user-joined", (user) => note(user, true)),
    party.on("user-left", (user) => note(user, false)),
    party.on("joined", ({ again }) => {
      if (!again) announce("You are in the room.");
    }),
    party.on("ratelimit", ({ action }) => BY_HAND.has(action) && tell("That was a little too fast.")),
    () => timer !== null && clearTimeout(timer),
  ]);
}

/**
 * "Ada and Ben came in. Cleo left."
 * @param {readonly {name: string, came: boolean}[]} news
 */
export function companySentence(news) {
  const came = news.filter((one) => one.came).map((one) => one.name);
  const left = news.filter((one) => !one.came).map((one) => one.name);
  return [came.length && `${together(came)} came in.`, left.length && `${together(left)} left.`].filter(Boolean).join(" ");
}

/**
 * Two names at most: "Ada", "Ada and Ben", "Ada and 4 others".
 * @param {readonly string[]} names at least one
 */
export function together(names) {
  if (names.length > 2) return `${names[0]} and ${names.length - 1} others`;
  return names.join(" and ");
}

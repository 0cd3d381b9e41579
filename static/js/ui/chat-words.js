// @ts-check
/** What a written message is made of: text, addresses that may be followed, emoji alone; pure. */

/** Up to so many emoji alone are drawn large; more of them are a text. */
const MOST_LARGE = 6;
/** Neither blanks and quotes nor controls and marks of direction: what stands there is what is opened. */
const ADDRESS = /https?:\/\/[^\s<>"“”„«»\p{Cc}\p{Cf}]+/giu;
const BEFORE_ADDRESS = /[\p{L}\p{N}_]$/u;
const TRAILING = /[.,;:!?'’*_~…]$/u;
const BRACKETS = Object.freeze({ ")": "(", "]": "[", "}": "{" });
const ONE_EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u;
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * @typedef {{kind: "text", text: string} | {kind: "link", text: string, href: string}} Word
 *   a link's `text` is as it was written, its `href` absolute and http or https
 */

/**
 * Splits a message into text and links; joined, their texts are the message again.
 * @param {string} message
 * @returns {Word[]}
 */
export function words(message) {
  /** @type {Word[]} */
  const found = [];
  let doneTo = 0;
  for (const match of message.matchAll(ADDRESS)) {
    if (BEFORE_ADDRESS.test(message.slice(0, match.index))) continue;
    const text = withoutTail(match[0]);
    const href = safeAddress(text);
    if (href === null) continue;
    if (match.index > doneTo) found.push({ kind: "text", text: message.slice(doneTo, match.index) });
    found.push({ kind: "link", text, href });
    doneTo = match.index + text.length;
  }
  if (doneTo < message.length) found.push({ kind: "text", text: message.slice(doneTo) });
  return found;
}

/**
 * @param {string} text
 * @returns {string | null} null: no address to follow; one that hides its host behind a name and an @ is none
 */
export function safeAddress(text) {
  try {
    const { protocol, username, password, href } = new URL(text);
    const isWeb = protocol === "http:" || protocol === "https:";
    return isWeb && !username && !password ? href : null;
  } catch {
    return null; // It only looked like one.
  }
}

/**
 * Whether it is a few emoji and nothing else.
 * @param {string} message
 */
export function isOnlyEmoji(message) {
  const signs = Array.from(GRAPHEMES.segment(message.replace(/\s/gu, "")), ({ segment }) => segment);
  return signs.length > 0 && signs.length <= MOST_LARGE && signs.every((sign) => ONE_EMOJI.test(sign));
}

/**
 * What an answer quotes.
 * @param {string} message
 */
export function firstLine(message) {
  return message.split("\n").find((line) => line.trim() !== "") ?? "";
}

/**
 * As the server counts: characters, not halves of them.
 * @param {string} message
 */
export function lengthOf(message) {
  return Array.from(message).length;
}

/**
 * The sentence's own marks at the end of an address are not the address's; a bracket that it opened is.
 * @param {string} address
 */
function withoutTail(address) {
  let kept = address;
  while (TRAILING.test(kept) || closesNothing(kept)) kept = kept.slice(0, -1);
  return kept;
}

/** @param {string} address */
function closesNothing(address) {
  const last = address.slice(-1);
  if (!Object.hasOwn(BRACKETS, last)) return false;
  const opening = BRACKETS[/** @type {keyof typeof BRACKETS} */ (last)];
  return address.split(last).length > address.split(opening).length;
}

// @ts-check
/** Which key means what; pure, so that the help dialog and the page cannot disagree unnoticed. */

/** @typedef {"toggle" | "together" | "back10" | "forward10" | "back5" | "forward5" | "mute" | "theatre" | "fullscreen" | "pointers" | "chat" | "help"} Command */

/** @type {Readonly<Record<string, Command>>} */
const COMMANDS = Object.freeze({
  " ": "toggle",
  k: "toggle",
  s: "together",
  j: "back10",
  l: "forward10",
  ArrowLeft: "back5",
  ArrowRight: "forward5",
  m: "mute",
  t: "theatre",
  f: "fullscreen",
  p: "pointers",
  c: "chat",
  "?": "help",
});

/** The row of digits and the two keys after it, by place: on other layouts it carries other signs. */
const REACTION_CODES = Object.freeze([..."1234567890"].map((digit) => `Digit${digit}`).concat("Minus", "Equal"));

/** Held down, these go on; the others act once. */
const REPEATING = new Set(["back10", "forward10", "back5", "forward5"]);

/**
 * @typedef {object} Press
 * @property {string} key
 * @property {boolean} ctrlKey
 * @property {boolean} altKey
 * @property {boolean} metaKey
 * @property {boolean} repeat
 * @property {string} [code] which key by its place, such as Digit1
 * @property {boolean} [shiftKey]
 *
 * @typedef {object} Place where the keyboard is
 * @property {"field" | "button" | "slider" | "elsewhere"} kind
 * @property {boolean} [ownArrows] a slider that keeps its arrows, such as the volume
 */

/**
 * @param {Press} press
 * @param {Place} place
 * @returns {Command | null} null: the key is not ours
 */
export function commandFor(press, place) {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (place.kind === "field") return null;
  // A focused button answers Space itself; answering too would press twice.
  if (place.kind === "button" && press.key === " ") return null;
  if (place.ownArrows && press.key.startsWith("Arrow")) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const command = Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : null;
  if (command !== null && press.repeat && !REPEATING.has(command)) return null;
  return command;
}

/**
 * @param {Press} press
 * @param {Place} place
 * @returns {number | null} which of the twelve emoji; null: the key is none of theirs
 */
export function reactionFor(press, place) {
  if (press.ctrlKey || press.altKey || press.metaKey || press.shiftKey || press.repeat) return null;
  if (place.kind === "field") return null;
  const index = REACTION_CODES.indexOf(press.code ?? "");
  return index < 0 ? null : index;
}

const BUTTONS = "button, a[href], summary, [role='button']";
const FIELDS = "input, textarea, select, [contenteditable], dialog";

/**
 * @param {EventTarget | null} target of a keyboard event
 * @returns {Place}
 */
export function placeOf(target) {
  const element = /** @type {Partial<HTMLInputElement> | null} */ (target);
  if (!element || typeof element.closest !== "function") return { kind: "elsewhere" };
  if (element.closest("dialog")) return { kind: "field" };
  if (element.matches?.("input[type='range']")) {
    return { kind: "slider", ownArrows: element.id !== "seek" };
  }
  if (element.closest(FIELDS)) return { kind: "field" };
  if (element.closest(BUTTONS)) return { kind: "button" };
  return { kind: "elsewhere" };
}

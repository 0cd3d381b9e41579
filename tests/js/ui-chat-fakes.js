// @ts-check
/** A room that is only its chat: what is written arrives when the test lets it, or is refused. */

/** @import { ChatMessage } from "../../static/js/protocol/protocol.js" */
/** @import { ChatParty } from "../../static/js/ui/chat-party.js" */

/**
 * @param {Partial<ChatMessage> & {id: string}} message
 * @returns {ChatMessage}
 */
export function said(message) {
  const { id } = message;
  const { person = "ada" } = message;
  return { userId: `u-${person}`, person, name: "Ada", color: "#123456", text: `text ${id}`, replyTo: null, videoTime: 724, timestamp: 1000 * Number(id.slice(1)), ...message };
}

/** @implements {ChatParty} */
export class FakeChatParty {
  /** @type {any} */
  state = { phase: "joined", self: { id: "u-me", person: "me" }, chat: Object.freeze([]), settings: { slowModeS: 0, chatBy: "everyone" } };
  may = { control: true, write: true, host: false };
  /** @type {{text: string, replyTo?: string}[]} */
  written = [];
  /** @type {string[]} */
  taken = [];
  /** @type {number[]} */
  sought = [];
  /** @type {Set<() => void>} */
  #draws = new Set();
  /** @type {Map<string, Set<(event: any) => void>>} */
  #listeners = new Map();

  subscribe = (/** @type {() => void} */ draw) => {
    this.#draws.add(draw);
    return () => this.#draws.delete(draw);
  };
  on = (/** @type {string} */ name, /** @type {any} */ listener) => {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener));
    return () => this.#listeners.get(name)?.delete(listener);
  };
  seek = (/** @type {number} */ positionS) => this.sought.push(positionS);
  write = (/** @type {string} */ text, /** @type {{replyTo?: string}} */ { replyTo } = {}) => {
    if (this.state.phase !== "joined") return null;
    this.written.push({ text, ...(replyTo && { replyTo }) });
    return `ref-${this.written.length}`;
  };
  takeBack = (/** @type {string} */ messageId) => {
    this.taken.push(messageId);
    return "ref";
  };

  /** @param {object} state */
  change(state) {
    this.state = { ...this.state, ...state };
    for (const draw of this.#draws) draw();
  }
  /** @param {string} name @param {any} event */
  emit(name, event) {
    for (const listener of this.#listeners.get(name) ?? []) listener(event);
  }

  /** The room has taken a message. @param {ChatMessage} message */
  arrive(message) {
    this.change({ chat: Object.freeze([...this.state.chat, message]) });
    this.emit("chat", { message, own: message.userId === "u-me" });
  }
  /** @param {string} messageId */
  remove(messageId) {
    this.change({ chat: Object.freeze(this.state.chat.filter((/** @type {ChatMessage} */ { id }) => id !== messageId)) });
    this.emit("chat-removed", { messageId });
  }
}

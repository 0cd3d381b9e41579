// @ts-check
/** What the chat needs of a room, so that its tests can be one. */

/** @import { ChatMessage, RoomSettings, User } from "../protocol/protocol.js" */
/** @import { Refusal } from "../room/refusals.js" */

/**
 * @typedef {object} ChatState
 * @property {"idle" | "connecting" | "joined" | "reconnecting" | "gone"} phase
 * @property {User | null} self
 * @property {readonly Readonly<ChatMessage>[]} chat oldest first
 * @property {Readonly<RoomSettings> | null} settings
 *
 * @typedef {{
 *   chat: [said: {message: Readonly<ChatMessage>, own: boolean}],
 *   "chat-removed": [removal: {messageId: string}],
 *   refusal: [refusal: Refusal],
 *   answered: [request: {ref: string, outcome: string}],
 *   left: [how: object],
 * }} ChatEvents
 *
 * @typedef {object} ChatParty
 * @property {Readonly<ChatState>} state
 * @property {Readonly<{control: boolean, write: boolean, host: boolean}>} may
 * @property {(listener: () => void) => () => void} subscribe
 * @property {<Name extends keyof ChatEvents>(name: Name, listener: (...args: ChatEvents[Name]) => void) => () => void} on
 * @property {(positionS: number) => unknown} seek
 * @property {(text: string, options?: {replyTo?: string}) => string | null} write its ref; null: nothing was sent
 * @property {(messageId: string) => string | null} takeBack
 */
export {};

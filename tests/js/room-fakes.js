// @ts-check
/** The outer world of the room modules, faked: time, sockets, storage, randomness, and a room's messages. */

import { Party } from "../../static/js/room/party.js";
import { RoomSocket } from "../../static/js/room/socket.js";

/** @import { ChatMessage, User, VideoState } from "../../static/js/protocol/protocol.js" */
/** @import { Settings } from "../../static/js/room/house.js" */

/** Time that passes only when told to. */
export class FakeTime {
  nowMs = 1_000_000;
  /** @type {{id: number, atMs: number, run: () => void}[]} */
  #timers = [];
  #lastId = 0;

  now = () => this.nowMs;

  /** @type {(run: () => void, delayMs: number) => number} */
  setTimeout = (run, delayMs) => {
    this.#lastId += 1;
    this.#timers.push({ id: this.#lastId, atMs: this.nowMs + Math.max(delayMs, 0), run });
    return this.#lastId;
  };

  /** @type {(id: number) => void} */
  clearTimeout = (id) => {
    this.#timers = this.#timers.filter((timer) => timer.id !== id);
  };

  get pending() {
    return this.#timers.length;
  }

  /** @param {number} ms */
  advance(ms) {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.reduce(
        (first, timer) => (timer.atMs <= untilMs && (!first || timer.atMs < first.atMs) ? timer : first),
        /** @type {{id: number, atMs: number, run: () => void} | null} */ (null),
      );
      if (!due) break;
      this.clearTimeout(due.id);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = untilMs;
  }

  /** The page sleeps: time passes, timers fire only afterwards. @param {number} ms */
  sleep(ms) {
    this.nowMs += ms;
  }
}

/** One WebSocket, driven by the test in the server's place. */
export class FakeConnection {
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: {data: unknown}) => void) | null} */
  onmessage = null;
  /** @type {((event: {code: number}) => void) | null} */
  onclose = null;
  /** @type {any[]} */
  sent = [];
  closed = false;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  open() {
    this.onopen?.();
  }

  /** @param {object} message */
  receive(message) {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** @param {number} code */
  end(code) {
    this.onclose?.({ code });
  }

  /** @param {string} type */
  sentOf(type) {
    return this.sent.filter((message) => message.type === type);
  }
}

/**
 * In the place of a browser's WebSocket, keeping every connection that is opened.
 * @param {typeof FakeConnection} Connection
 */
export function recorded(Connection) {
  /** @type {FakeConnection[]} */
  const connections = [];
  const WebSocket = class extends Connection {
    /** @param {string} url */
    constructor(url) {
      super(url);
      connections.push(this);
    }
  };
  const newest = () => /** @type {FakeConnection} */ (connections.at(-1));
  return { WebSocket: /** @type {any} */ (WebSocket), connections, newest };
}

/**
 * A RoomSocket in a world of its own.
 * @param {{random?: () => number}} [options]
 */
export function socketWorld({ random = () => 0.5 } = {}) {
  const time = new FakeTime();
  const { WebSocket, connections, newest } = recorded(FakeConnection);
  const socket = new RoomSocket({
    url: "ws://here.test/ws/party/?room=demo",
    WebSocket,
    now: time.now,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    random,
  });
  return { time, socket, connections, newest };
}

/** A Party on such a socket; its media clock is the local one plus a minute. */
export function partyWorld() {
  const world = socketWorld();
  const { time, socket, newest } = world;
  const clock = { locked: true, civilOffsetMs: 0, now: () => time.nowMs + 60_000 };
  let refs = 0;
  const party = new Party({
    socket,
    clock,
    now: time.now,
    setTimeout: time.setTimeout,
    clearTimeout: time.clearTimeout,
    newRef: () => `ref-${(refs += 1)}`,
    tab: () => "tab-of-ada",
  });
  /** @type {[string, any][]} */
  const told = [];
  const names = /** @type {const} */ (["refusal", "action", "settings", "joined", "left", "ratelimit", "settled",
    "control", "cursors", "cursor-gone", "reactions", "user-joined", "user-left",
    "chat", "chat-removed", "role", "control-given", "removed", "asked", "answered"]);
  for (const name of names) party.on(name, (/** @type {any} */ detail) => told.push([name, detail]));

  /** @param {string} name */
  const toldOf = (name) => told.filter(([other]) => other === name).map(([, detail]) => detail);

  /** @param {Partial<VideoState>} [video] */
  const admit = (video = {}) => {
    const videoState = videoOf({ serverTimestamp: clock.now(), ...video });
    newest().receive({ type: "user:self", ...ADA, ticket: "let-ada-in" });
    newest().receive(snapshotOf(videoState));
  };
  /** @param {Partial<VideoState>} [video] */
  const enter = (video) => {
    party.join({ roomId: "demo", name: "Ada", color: "#2b83ba" });
    newest().open();
    admit(video);
  };
  return { ...world, clock, party, told, toldOf, admit, enter };
}

export const ADA = userOf("ada", { name: "Ada" });
export const BO = userOf("bo", { name: "Bo" });

/**
 * @param {string} id
 * @param {Partial<User>} [fields]
 * @returns {User}
 */
export function userOf(id, fields = {}) {
  return {
    id, person: `p-${id}`, name: id, color: "#123456", city: null, flag: null, timezone: null,
    role: "guest", connectedAt: 0, instance: "one", ...fields,
  };
}

/**
 * @param {Partial<VideoState>} [fields]
 * @returns {VideoState}
 */
export function videoOf(fields = {}) {
  return {
    isPlaying: false, currentTime: 0, serverTimestamp: 0, rate: 1, duration: 90, source: null,
    ended: false, epoch: "e1", seq: 5, by: null, ...fields,
  };
}

/** @param {Partial<VideoState>} fields */
export function eventOf(fields) {
  return { type: "video:state", ...videoOf(fields) };
}

/**
 * @param {Partial<Settings>} [fields]
 * @returns {Settings}
 */
export function settingsOf(fields = {}) {
  return {
    title: "", control: "everyone", waitForAll: false, locked: false, hasPassword: false, public: false, maxUsers: 100,
    chatBy: "everyone", slowModeS: 0, onEnd: "stop", ...fields,
  };
}

/**
 * @param {string} id
 * @param {Partial<ChatMessage>} [fields]
 * @returns {ChatMessage}
 */
export function messageOf(id, fields = {}) {
  return {
    id, userId: "bo", person: "p-bo", name: "Bo", color: "#123456", text: `text of ${id}`, replyTo: null, videoTime: null,
    timestamp: 0, ...fields,
  };
}

/** The room waits for Bo, on top of `videoOf()`. @param {object} [fields] */
export function waitingOf(fields = {}) {
  return {
    type: "video:waiting", reason: "start", userIds: ["bo"], deadline: 1_080_000, currentTime: 12, serverTimestamp: 1_060_000, rate: 1, duration: 90,
    epoch: "e1", seq: 6, by: "ada", ...fields,
  };
}

/**
 * @param {VideoState} videoState
 * @param {User[]} [users]
 */
export function snapshotOf(videoState, users = [ADA, BO]) {
  const { epoch, seq } = videoState;
  const room = {
    id: "demo", name: "demo", title: "Demo", createdBy: "", createdAt: 0, maxUsers: 100, isPublic: true,
    settings: settingsOf({ title: "Demo", public: true }),
  };
  return { type: "room:joined", roomId: "demo", room, videoState, users, epoch, seq };
}

// @ts-check
/** A room's server in a few lines, on a network that delays, loses, repeats and reorders. */

import { eventOf, messageOf, userOf, videoOf } from "./room-fakes.js";

/** @import { ChatMessage, Role, VideoState, Waiting } from "../../static/js/protocol/protocol.js" */
/** @import { Position } from "../../static/js/room/ordering.js" */
/** @import { FakeConnection, FakeTime } from "./room-fakes.js" */

const SLOWEST_MS = 120;
/** Few, so that who was long away needs a snapshot. */
const HELD_EVENTS = 6;
/** Fewer than are written in a run, so that what came earlier is known to some viewers only. */
const CHAT_KEPT = 20;
/** A room waits for nobody longer than this. */
const PATIENCE_MS = 8000;

/**
 * What goes wrong, each as a probability per frame.
 * @typedef {{lose: number, repeat: number, reorder: number, refuse: number, ignore: number}} Faults
 */
export const NO_FAULTS = Object.freeze({ lose: 0, repeat: 0, reorder: 0, refuse: 0, ignore: 0 });

export class FakeServer {
  /** @type {Faults} */
  faults = NO_FAULTS;
  video = videoOf({ epoch: "e1", seq: 0 });
  /** Every video state ever sent, as text, by epoch and seq. @type {Map<string, string>} */
  history = new Map();
  /** What it waits for, and since which seq. @type {Waiting & {sinceSeq: number} | null} */
  waiting = null;
  /** What was written, oldest first. @type {ChatMessage[]} */
  chat = [];
  /** By user id. @type {Record<string, Role>} */
  roles = { a: "owner", b: "guest" };
  /** References of messages that were lost with the history. @type {Set<string>} */
  lost = new Set();
  /** How often it waited. */
  waits = 0;
  /** @type {Map<string, object>} */
  #events = new Map();
  #seq = 0;
  /** How many came back without a snapshot. */
  resumed = 0;
  #time;
  #random;
  /** @type {Set<Link>} */
  #links = new Set();
  /** @type {Map<string, any>} */
  #answers = new Map();
  #epochs = 1;

  /** @param {{time: FakeTime, random: () => number}} world */
  constructor({ time, random }) {
    this.#time = time;
    this.#random = random;
  }

  /** A browser's connection reaches the server. @param {FakeConnection} connection @param {string} userId */
  accept(connection, userId) {
    const link = new Link(this.#time, this.#random, connection);
    this.#links.add(link);
    connection.send = (text) => link.up(() => this.#receive(link, userId, JSON.parse(text)));
    const close = connection.close.bind(connection);
    connection.close = () => {
      close();
      this.#drop(link);
    };
    link.down(() => connection.open());
  }

  /** A connection breaks, and what is on its way with it. @param {number} nth */
  break(nth) {
    const link = [...this.#links][nth % Math.max(this.#links.size, 1)];
    if (!link) return;
    this.#drop(link);
    link.connection.end(1006);
  }

  /** The store loses its last events: a new epoch, as its number says, perhaps with a smaller seq. */
  loseHistory() {
    const epoch = `e${(this.#epochs += 1)}`;
    const seq = Math.max(this.#seq - 2, 0);
    this.#forgetAfter(seq);
    this.#decide({ ...this.video, epoch, seq, by: null, ref: undefined, currentTime: 1 });
  }

  /** What was written goes with its answer, so that a repeat is new again; controls are all forgotten. @param {number} seq */
  #forgetAfter(seq) {
    for (const [key, answer] of this.#answers) {
      if (answer.type === "chat:message" && answer.seq <= seq) continue;
      this.#answers.delete(key);
      if (answer.type === "chat:message") this.lost.add(answer.ref);
    }
    this.chat = this.chat.filter(({ id }) => ![...this.lost].includes(id));
  }

  /** @param {Link} link */
  #drop(link) {
    link.cut = true;
    this.#links.delete(link);
  }

  /** @param {Link} link @param {string} userId @param {any} message */
  #receive(link, userId, message) {
    if (message.type === "room:join") this.#join(link, userId, message.resume);
    else if (message.type === "room:sync") this.#snapshot(link);
    else if (message.type === "video:ready") this.#noteReady(userId, message.seq);
    else if (message.ref) this.#control(link, userId, message);
  }

  /** @param {string} userId @param {number} seq */
  #noteReady(userId, seq) {
    if (!this.waiting || seq < this.waiting.sinceSeq) return;
    this.waiting.userIds = this.waiting.userIds.filter((id) => id !== userId);
    if (this.waiting.userIds.length === 0) this.#start();
  }

  /** All are ready, or the time is over. */
  #start() {
    const { currentTime } = /** @type {Waiting} */ (this.waiting);
    this.#decide({ ...this.video, isPlaying: true, currentTime, serverTimestamp: this.#time.nowMs, seq: this.#seq + 1, by: null, ref: undefined });
  }

  /** @param {Link} link @param {string} userId @param {Position} [resume] */
  #join(link, userId, resume) {
    link.joined = true;
    link.send({ type: "user:self", ...userOf(userId, { role: this.roles[userId] ?? "guest" }), ticket: "t" });
    const events = resume && this.#missed(resume);
    if (events) this.resumed += 1;
    if (events) this.#welcome(link, { events });
    else this.#snapshot(link);
  }

  /** @param {Link} link */
  #snapshot(link) {
    const { sinceSeq, ...waiting } = this.waiting ?? { sinceSeq: 0 };
    this.#welcome(link, { videoState: this.video, chat: this.chat.slice(-CHAT_KEPT), ...(this.waiting && { waiting }) });
  }

  /** @param {Link} link @param {object} content */
  #welcome(link, content) {
    const { epoch } = this.video;
    const seq = this.#seq;
    const users = Object.entries(this.roles).map(([id, role]) => userOf(id, { role }));
    const rest = { roomId: "demo", room: {}, users, epoch, seq };
    link.send({ type: "room:joined", ...rest, ...content });
  }

  /** The events after a position; null when not all of them are held. @param {Position} resume */
  #missed({ epoch, seq }) {
    const behind = this.#seq - seq;
    if (epoch !== this.video.epoch || behind < 0 || behind > HELD_EVENTS) return null;
    const events = Array.from({ length: behind }, (_, index) => this.#events.get(`${epoch} ${seq + 1 + index}`));
    return events.every((event) => event !== undefined) ? events : null;
  }

  /** @param {Link} link @param {string} userId @param {any} control */
  #control(link, userId, control) {
    const key = `${userId} ${control.ref}`;
    const remembered = this.#answers.get(key);
    if (remembered) return link.send(remembered);
    if (this.#happens("ignore")) return;
    if (this.#happens("refuse")) {
      const refusal = { type: "error", code: "stale", message: "Chance said no.", ref: control.ref };
      this.#answers.set(key, refusal);
      return link.send(refusal);
    }
    const said = { seq: this.#seq + 1, by: userId, ref: control.ref };
    if (control.type === "chat:send") return this.#answers.set(key, this.#write(control.text, said));
    if (control.type === "member:role") return this.#answers.set(key, this.#giveRole(control, said));
    const changed = this.#changed(control);
    this.#answers.set(key, control.leadMs ? this.#wait(said) : this.#decide({ ...changed, ...said }));
  }

  /** @param {string} text @param {{seq: number, by: string, ref: string}} said */
  #write(text, said) {
    const message = messageOf(said.ref, { userId: said.by, person: `p-${said.by}`, text });
    this.chat.push(message);
    return this.#publish({ type: "chat:message", ...message, epoch: this.video.epoch, ...said });
  }

  /** @param {{userId: string, role: Role}} change @param {{seq: number, by: string, ref: string}} said */
  #giveRole({ userId, role }, said) {
    const { epoch } = this.video;
    const before = Object.keys(this.roles).find((id) => this.roles[id] === "owner") ?? "";
    const isHandedOver = role === "owner" && before !== userId;
    if (isHandedOver) this.roles[before] = "host";
    if (role === "owner" || before !== userId) this.roles[userId] = role;
    const former = isHandedOver && { formerRole: "host" };
    return this.#publish({ type: "member:role", userId, person: `p-${userId}`, role: this.roles[userId], reason: "given", ...former, epoch, ...said });
  }

  /** @param {{seq: number, by: string, ref: string}} said */
  #wait(said) {
    this.waits += 1;
    const { currentTime, rate, duration, epoch } = this.video;
    const nowMs = this.#time.nowMs;
    const waiting = { reason: /** @type {const} */ ("start"), userIds: ["a", "b", "c"], deadline: nowMs + PATIENCE_MS, currentTime, serverTimestamp: nowMs, rate, duration };
    this.waiting = { ...waiting, sinceSeq: said.seq };
    this.#time.setTimeout(() => this.waiting?.deadline === waiting.deadline && this.#start(), PATIENCE_MS);
    return this.#publish({ type: "video:waiting", ...waiting, epoch, ...said });
  }

  /** @param {any} control @returns {VideoState} */
  #changed(control) {
    const base = { ...this.video, serverTimestamp: this.#time.nowMs };
    switch (control.type) {
      case "video:play":
        return { ...base, isPlaying: true };
      case "video:pause":
        return { ...base, isPlaying: false };
      case "video:seek":
        return { ...base, currentTime: control.time };
      default:
        return { ...base, rate: control.rate };
    }
  }

  /** @param {VideoState} video */
  #decide(video) {
    this.video = video;
    this.waiting = null;
    this.history.set(`${video.epoch} ${video.seq}`, JSON.stringify(video));
    return this.#publish(eventOf(video));
  }

  /**
   * @template {{epoch: string, seq: number}} Event
   * @param {Event} event
   */
  #publish(event) {
    this.#seq = event.seq;
    this.#events.set(`${event.epoch} ${event.seq}`, event);
    for (const link of this.#links) if (link.joined) this.#tell(link, event);
    return event;
  }

  /** @param {Link} link @param {object} event */
  #tell(link, event) {
    if (this.#happens("lose")) return;
    link.send(event, this.#happens("reorder"));
    if (this.#happens("repeat")) link.send(event, true);
  }

  /** @param {keyof Faults} fault */
  #happens(fault) {
    return this.#random() < this.faults[fault];
  }
}

/** One connection's two directions: each in order, unless told otherwise, with a delay of its own. */
class Link {
  cut = false;
  joined = false;
  #time;
  #random;
  #upAtMs = 0;
  #downAtMs = 0;

  /** @param {FakeTime} time @param {() => number} random @param {FakeConnection} connection */
  constructor(time, random, connection) {
    this.#time = time;
    this.#random = random;
    this.connection = connection;
  }

  /** @param {object} message @param {boolean} [late] overtaken by what is sent after it */
  send(message, late = false) {
    if (late) this.#after(this.#time.nowMs + 3 * SLOWEST_MS * this.#random(), () => this.connection.receive(message));
    else this.down(() => this.connection.receive(message));
  }

  /** @param {() => void} arrive */
  down(arrive) {
    this.#downAtMs = Math.max(this.#downAtMs, this.#time.nowMs + SLOWEST_MS * this.#random());
    this.#after(this.#downAtMs, arrive);
  }

  /** @param {() => void} arrive */
  up(arrive) {
    this.#upAtMs = Math.max(this.#upAtMs, this.#time.nowMs + SLOWEST_MS * this.#random());
    this.#after(this.#upAtMs, arrive);
  }

  /** @param {number} atMs @param {() => void} arrive */
  #after(atMs, arrive) {
    this.#time.setTimeout(() => {
      if (!this.cut) arrive();
    }, atMs - this.#time.nowMs);
  }
}

// @ts-check
/** A room's server in a few lines, on a network that delays, loses, repeats and reorders. */

import { eventOf, userOf, videoOf } from "./room-fakes.js";

/** @import { VideoState } from "../../static/js/protocol/protocol.js" */
/** @import { Position } from "../../static/js/room/ordering.js" */
/** @import { FakeConnection, FakeTime } from "./room-fakes.js" */

const SLOWEST_MS = 120;
/** Few, so that who was long away needs a snapshot. */
const HELD_EVENTS = 6;

/**
 * What goes wrong, each as a probability per frame.
 * @typedef {{lose: number, repeat: number, reorder: number, refuse: number, ignore: number}} Faults
 */
export const NO_FAULTS = Object.freeze({ lose: 0, repeat: 0, reorder: 0, refuse: 0, ignore: 0 });

export class FakeServer {
  /** @type {Faults} */
  faults = NO_FAULTS;
  video = videoOf({ epoch: "e1", seq: 0 });
  /** Every event ever sent, as text, by epoch and seq. @type {Map<string, string>} */
  history = new Map();
  /** How many came back without a snapshot. */
  resumed = 0;
  #time;
  #random;
  /** @type {Set<Link>} */
  #links = new Set();
  /** @type {Map<string, object>} */
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
    const seq = Math.max(this.video.seq - 2, 0);
    this.#answers.clear();
    this.#decide({ ...this.video, epoch, seq, by: null, ref: undefined, currentTime: 1 });
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
    else if (message.ref) this.#control(link, userId, message);
  }

  /** @param {Link} link @param {string} userId @param {Position} [resume] */
  #join(link, userId, resume) {
    link.joined = true;
    link.send({ type: "user:self", ...userOf(userId), ticket: "t" });
    const events = resume && this.#missed(resume);
    if (events) this.resumed += 1;
    this.#welcome(link, events ? { events } : { videoState: this.video });
  }

  /** @param {Link} link */
  #snapshot(link) {
    this.#welcome(link, { videoState: this.video });
  }

  /** @param {Link} link @param {object} content */
  #welcome(link, content) {
    const { epoch, seq } = this.video;
    const rest = { roomId: "demo", room: {}, users: [userOf("a"), userOf("b")], epoch, seq };
    link.send({ type: "room:joined", ...rest, ...content });
  }

  /** The events after a position; null when not all of them are held. @param {Position} resume */
  #missed({ epoch, seq }) {
    const behind = this.video.seq - seq;
    if (epoch !== this.video.epoch || behind < 0 || behind > HELD_EVENTS) return null;
    const texts = Array.from({ length: behind }, (_, index) => this.history.get(`${epoch} ${seq + 1 + index}`));
    return texts.every((text) => text !== undefined) ? texts.map((text) => eventOf(JSON.parse(text))) : null;
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
    const changed = this.#changed(control);
    this.#answers.set(key, this.#decide({ ...changed, seq: this.video.seq + 1, by: userId, ref: control.ref }));
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
    const event = eventOf(video);
    this.history.set(`${video.epoch} ${video.seq}`, JSON.stringify(video));
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

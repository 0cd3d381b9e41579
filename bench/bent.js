// @ts-check
/**
 * Goes before everything of a page and of its Worker: bends their clocks by one law of true time, and, in the window, reads the page's own
 * clock against the true one. Called with the law; the measurement calls what it leaves in `ruler`.
 */

(/** @param {{anchorMs: number, offsetMs: number, ppm: number, stepAtMs: number, stepMs: number}} law epoch ms; the step comes at true time stepAtMs */
({ anchorMs, offsetMs, ppm, stepAtMs, stepMs }) => {
  const pace = 1 + ppm * 1e-6;
  const trueNow = performance.now.bind(performance);
  const trueOriginMs = performance.timeOrigin;
  const TrueDate = Date;
  const stepped = (/** @type {number} */ trueMs) => (trueMs >= stepAtMs ? stepMs : 0);
  const steady = (/** @type {number} */ trueMs) => offsetMs + anchorMs + (trueMs - anchorMs) * pace;
  const bentNow = (/** @type {number} */ sinceMs) => sinceMs * pace + stepped(trueOriginMs + sinceMs);
  const bentWall = (/** @type {number} */ trueMs) => Math.floor(steady(trueMs) + stepped(trueMs));

  performance.now = () => bentNow(trueNow());
  Object.defineProperty(performance, "timeOrigin", { get: () => steady(trueOriginMs) });
  globalThis.Date = new Proxy(TrueDate, {
    get: (target, name, receiver) => (name === "now" ? () => bentWall(TrueDate.now()) : Reflect.get(target, name, receiver)),
    construct: (target, given, made) => Reflect.construct(target, given.length ? given : [bentWall(TrueDate.now())], made),
    apply: () => new TrueDate(bentWall(TrueDate.now())).toString(),
  });

  const sockets = new BroadcastChannel("csw-ruler");
  if (typeof window === "undefined") {
    globalThis.WebSocket = class extends WebSocket {
      /** @param {string | URL} url */
      constructor(url) {
        super(url);
        this.addEventListener("open", () => sockets.postMessage(trueOriginMs + trueNow()));
      }
    };
    return;
  }

  const trueFrame = requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (run) => trueFrame((atMs) => run(bentNow(atMs)));

  /** When the Worker's sockets opened, on the window's true clock (the Worker's differs by less than a millisecond). @type {number[]} */
  const openedMs = [];
  sockets.onmessage = ({ data }) => openedMs.push(data - trueOriginMs);

  /** [true ms since the origin, how long the reading took, media ms, bound or null, ppm, locked]. @type {[number, number, number, number | null, number, boolean][]} */
  const readings = [];
  function read() {
    const { readClock } = /** @type {{readClock?: () => {mediaMs: number, boundMs: number, skewPpm: number, locked: boolean}}} */ (globalThis);
    if (readClock) {
      const beforeMs = trueNow();
      const { mediaMs, boundMs, skewPpm, locked } = readClock();
      const afterMs = trueNow();
      const bound = Number.isFinite(boundMs) ? boundMs : null;
      readings.push([(beforeMs + afterMs) / 2, afterMs - beforeMs, mediaMs, bound, skewPpm, locked]);
    }
    setTimeout(read, 10 + 20 * Math.random());
  }
  read();

  /** The reference: probes straight from this window on the true clock. @param {string} url @param {number} count @returns {Promise<number[][]>} T1 to T4 each; T1 and T4 since the origin */
  function refer(url, count) {
    return new Promise((resolve) => {
      /** @type {number[][]} */
      const probes = [];
      const socket = new WebSocket(url);
      const ask = () => socket.send(JSON.stringify({ type: "time:sync", clientTimestamp: trueNow() }));
      socket.onopen = ask;
      socket.onmessage = ({ data }) => {
        const t4Ms = trueNow();
        const answer = JSON.parse(data);
        if (answer.type !== "time:sync:response") return;
        probes.push([answer.clientTimestamp, answer.serverReceiveTime, answer.serverSendTime, t4Ms]);
        if (probes.length < count) setTimeout(ask, 105);
        else resolve(probes);
      };
    });
  }

  Object.assign(globalThis, { ruler: { now: trueNow, refer, take: () => ({ readings, openedMs }) } });
});

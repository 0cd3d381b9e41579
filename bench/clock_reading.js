// @ts-check
/** Goes behind bent.js into the clock's page: reads the page's own clock against the true one. The measurement calls what it leaves in `ruler`. */

(() => {
  /** @type {{unbent: {now: () => number, openedMs: number[]}}} */
  const { unbent } = /** @type {any} */ (globalThis);
  const trueNow = unbent.now;

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

  Object.assign(globalThis, { ruler: { now: trueNow, refer, take: () => ({ readings, openedMs: unbent.openedMs }) } });
})();

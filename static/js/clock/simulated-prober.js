// @ts-check
/** How an estimator probes on a simulated machine: ours with the prober and the sleep watch that ship, others on their own schedule. */

import { Probing } from "./probing.js";
import { burstAfter, burstAfterTime } from "./time-sync.js";

/** @import { Sample } from "./estimator.js" */
/** @import { EstimatorEntry } from "./rivals/index.js" */
/** @import { ClockEstimator } from "./rivals/rival.js" */

/**
 * @typedef {object} Simulation
 * @property {EstimatorEntry} entry
 * @property {ClockEstimator} estimator of that entry
 * @property {{readonly nowMs: number, setTimeout: (run: () => void, delayMs: number) => number, clearTimeout: (timer: number) => void}} machine
 * @property {() => number} readMs the local clock as the estimator reads it
 * @property {(answer: (sample: Sample) => void) => void} ask one exchange from now on; the answer may never come
 */

/** What hears a `server:time`; only our program knows of such a thing. @typedef {(generation: number) => void} HearTime */

/** Begins now, and goes on as long as the machine's time passes. @param {Simulation} simulation @returns {HearTime} */
export function startProbing(simulation) {
  if (simulation.entry.id === "ours") return probeAsShipped(simulation);
  probeBySchedule(simulation);
  return () => {};
}

/** @param {Simulation} simulation @returns {HearTime} */
function probeAsShipped({ estimator, machine, readMs, ask }) {
  const probing = new Probing({
    send: ({ clientTimestamp }) =>
      ask(({ t2Ms, t3Ms, t4Ms, generation, errorMs }) =>
        probing.onResponse({ clientTimestamp, serverReceiveTime: t2Ms, serverSendTime: t3Ms, generation, errorMs }, t4Ms),
      ),
    now: readMs,
    wallNow: () => machine.nowMs,
    setTimeout: machine.setTimeout,
    clearTimeout: machine.clearTimeout,
    onSample: (sample) => {
      const reason = burstAfter(estimator.add(sample));
      if (reason) probing.burst(reason);
    },
    onSleep: () => estimator.reset(),
  });
  probing.start();
  return (generation) => {
    const reason = burstAfterTime(generation, estimator.estimate(readMs())?.generation ?? null);
    if (reason) probing.burst(reason);
  };
}

/** @param {Simulation} simulation */
function probeBySchedule({ entry, estimator, machine, ask }) {
  let sent = 0;
  const next = () => {
    if (sent > 0) ask((sample) => estimator.add(sample));
    machine.setTimeout(next, entry.gapMs(sent));
    sent += 1;
  };
  next();
}

// @ts-check
/** What the clock is meant to reach, and a plain sentence for everything it does not. */

/** @import { Figures } from "./figures.js" */
/** @import { Scenario } from "./scenarios.js" */

const FIRST_FIX_MS = 1000;
const RECOVERY_MS = 4000;
const VIOLATED_SHARE = 0.001;

/** Why something cannot be reached, where that is understood. @type {Readonly<Record<string, string>>} */
const REASONS = Object.freeze({
  step: "Nothing tells of a step of the local clock: between it and the probes that find it, every 2 s, nobody can know.",
  generation: "The server looks each second whether there is something to tell, and what it tells brings a probe at once; before that nobody can know.",
});

/** One row of the tables: a scenario, and every estimator's figures in it, ours first. @typedef {{scenario: Scenario, figures: Figures[]}} Row */

/** @param {Row[]} rows @param {string[]} names of the estimators @returns {string[]} */
export function missedGoals(rows, names) {
  return rows.flatMap(({ scenario, figures: [ours, ...rivals] }) => {
    if (!ours) return [];
    const missed = [...beyond(scenario, ours), ...behind(ours, rivals, names.slice(1))];
    return missed.map((what) => `${scenario.title}: ${what}.${REASONS[scenario.id] ? ` ${REASONS[scenario.id]}` : ""}`);
  });
}

/** @param {Scenario} scenario @param {Figures} ours */
function beyond({ goal = {}, unseen }, ours) {
  return [
    goal.p95Ms !== undefined && ours.p95Ms > goal.p95Ms && `p95 is ${ours.p95Ms.toFixed(2)} ms, the goal ${goal.p95Ms}`,
    goal.p99Ms !== undefined && ours.p99Ms > goal.p99Ms && `p99 is ${ours.p99Ms.toFixed(2)} ms, the goal ${goal.p99Ms}`,
    ours.violatedShare > VIOLATED_SHARE && `the bound is violated by ${(100 * ours.violatedShare).toFixed(2)} % of the scores, the goal is 0.1 %`,
    !unseen && ours.firstFixMs > FIRST_FIX_MS && `the first fix takes ${(ours.firstFixMs / 1000).toFixed(1)} s, the goal is 1 s`,
    ours.recoveryMs > RECOVERY_MS && `it takes ${(ours.recoveryMs / 1000).toFixed(1)} s to recover, the goal is 4 s`,
  ].filter((sentence) => sentence !== false);
}

/** @param {Figures} ours @param {Figures[]} rivals @param {string[]} names */
function behind(ours, rivals, names) {
  return rivals.flatMap((rival, i) => {
    const better = [
      rival.p95Ms < ours.p95Ms && `p95 ${rival.p95Ms.toFixed(2)} against ${ours.p95Ms.toFixed(2)} ms`,
      rival.p99Ms < ours.p99Ms && `p99 ${rival.p99Ms.toFixed(2)} against ${ours.p99Ms.toFixed(2)} ms`,
    ].filter((part) => part !== false);
    return better.length > 0 ? [`${names[i]} is ahead, ${better.join(" and ")}`] : [];
  });
}

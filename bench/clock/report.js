// @ts-check
/** The figures as tables to read, and as a section of docs/accuracy.md. */

import { missedGoals } from "./goals.js";
import { DURATION_MS } from "./scenarios.js";

/** @import { EstimatorEntry } from "../../static/js/clock/rivals/index.js" */
/** @import { Figures } from "./figures.js" */
/** @import { Row } from "./goals.js" */
/** @import { Scenario } from "./scenarios.js" */

const BEGIN = "<!-- bench.clock: written by `make bench-clock` -->";
const END = "<!-- bench.clock: end -->";
const PREFACE = `# Accuracy

How wrong is the clock that everything else reads? Every figure is a distance from a truth that the
estimator cannot see. Below the truth is known because the world is simulated: paths, clocks and
mishaps come from seeds, so that anybody gets the same figures again. Simulated paths are kinder than
some real ones: trust the order of the estimators and the size of a figure, not its last digit.

`;

/** @typedef {{title: string, rows: Row[]}} Part  one set of seeds */

/** @param {{entries: readonly EstimatorEntry[], parts: Part[], method: string[]}} report */
export function asMarkdown({ entries, parts, method }) {
  const names = entries.map(({ name }) => name);
  const lines = [BEGIN, "## Simulated: every estimator side by side", "", "`make bench-clock`", "", ...method.map((line) => `- ${line}`), ""];
  for (const { title, rows } of parts) lines.push(`### Error, ${title}`, "", ...markdownTable(errorTable(rows, names)), "");
  for (const { title, rows } of parts) lines.push(`### First fix and recovery, ${title}`, "", ...markdownTable(timeTable(rows, names)), "");
  for (const { title, rows } of parts) lines.push(`### Stated bound, ${title}`, "", ...markdownTable(boundTable(rows, names)), "");
  lines.push("### Goals missed", "", ...missed(parts, names).map((line) => `- ${line}`), "");
  lines.push("### Paths and mishaps", "", ...(parts[0]?.rows ?? []).map(({ scenario }) => `- **${scenario.title}**: ${scenario.about}.`), "");
  lines.push("### Estimators", "", ...entries.map((entry) => `- **${entry.name}** (${probes(entry)} probes): ${entry.source}.`), END);
  return `${lines.join("\n")}\n`;
}

/** For a terminal. @param {{entries: readonly EstimatorEntry[], parts: Part[]}} report */
export function asText({ entries, parts }) {
  const names = entries.map(({ name }) => name);
  const tables = parts.flatMap(({ title, rows }) => [
    title,
    ...[errorTable, timeTable, boundTable].flatMap((table) => [...textTable(table(rows, names)), ""]),
  ]);
  return [...tables, "Goals missed", ...missed(parts, names)].join("\n");
}

/** The page with the section in its place: in place of the old one, or at the end. @param {string} page @param {string} section */
export function putInto(page, section) {
  const from = page.indexOf(BEGIN);
  if (from < 0) return (page || PREFACE) + section;
  const to = page.indexOf(`${END}\n`, from);
  if (to < 0) throw new Error(`the page has lost its mark ${END}`);
  return page.slice(0, from) + section + page.slice(to + END.length + 1);
}

/** What an estimator asks of the server in one undisturbed life. @param {EstimatorEntry} entry */
function probes({ gapMs }) {
  let sent = 0;
  for (let atMs = gapMs(0); atMs < DURATION_MS; atMs += gapMs(sent)) sent += 1;
  return sent;
}

/** @param {Part[]} parts @param {string[]} names */
function missed(parts, names) {
  const told = parts.map(({ title, rows }) => ({ title, sentences: missedGoals(rows, names) }));
  const sentences = [...new Set(told.flatMap((part) => part.sentences))];
  if (sentences.length === 0) return ["None."];
  return sentences.map((sentence) => `${sentence} (${told.filter((part) => part.sentences.includes(sentence)).map(({ title }) => title).join("; ")})`);
}

/** @param {Row[]} rows @param {string[]} names */
function errorTable(rows, names) {
  const head = ["p50 / p95 / p99 ms", ...names];
  return [head, ...rows.map(({ scenario, figures }) => [scenario.title, ...figures.map(({ p50Ms, p95Ms, p99Ms }) => [p50Ms, p95Ms, p99Ms].map(short).join(" / "))])];
}

/** @param {Row[]} rows @param {string[]} names */
function timeTable(rows, names) {
  const cells = (/** @type {Row} */ { scenario, figures }) => figures.map(({ firstFixMs, recoveryMs }) => timeCell(scenario, firstFixMs, recoveryMs));
  return [["first fix, recovery, s", ...names], ...rows.map((row) => [row.scenario.title, ...cells(row)])];
}

/** @param {Scenario} scenario @param {number} firstFixMs @param {number} recoveryMs */
function timeCell({ mishaps }, firstFixMs, recoveryMs) {
  return mishaps ? `${seconds(firstFixMs)}, ${seconds(recoveryMs)}` : seconds(firstFixMs);
}

/** Only NTP states a bound besides ours. @param {Row[]} rows @param {string[]} names */
function boundTable(rows, names) {
  const bounding = names.map((_, i) => i).filter((i) => rows.some(({ figures }) => Number.isFinite(figures[i]?.violatedShare)));
  const head = ["", ...bounding.flatMap((i) => [`${names[i]}: bound, ms`, "violated, %"])];
  return [head, ...rows.map(({ scenario, figures }) => [scenario.title, ...bounding.flatMap((i) => boundCells(figures[i]))])];
}

/** @param {Figures | undefined} figures */
function boundCells(figures) {
  return figures ? [short(figures.boundMs), (100 * figures.violatedShare).toFixed(2)] : ["", ""];
}

/** @param {number} ms */
function seconds(ms) {
  return Number.isFinite(ms) ? (ms / 1000).toFixed(1) : "never";
}

/** Three digits say enough. @param {number} ms */
function short(ms) {
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  return ms < 10 ? ms.toFixed(2) : ms.toFixed(0);
}

/** @param {string[][]} table */
function markdownTable([head = [], ...body]) {
  return [head, ["---", ...head.slice(1).map(() => "---:")], ...body].map((row) => `| ${row.join(" | ")} |`);
}

/** @param {string[][]} table */
function textTable(table) {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
  return table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "));
}

// @ts-check
/** Everyone's place and figures in the instrument: dots on one axis, and a row with the cause in words for each. */

import { copy, part, say } from "./dom.js";
import { boundText, rateText, signed } from "./format.js";
import { causeOf } from "./causes.js";
import { dotName, skewSentence, strip } from "./skew.js";
import { isMeasured, wordFor } from "./status-words.js";

/** @import { Status } from "../protocol/protocol.js" */
/** @import { PartyState } from "../room/party-state.js" */
/** @import { StuckWatch } from "./causes.js" */
/** @import { Viewer } from "./skew.js" */

/** More rows than this are a list to scroll, not a glance. */
const MOST_ROWS = 50;
/** The table's caption and head stand before the rows. */
const HEADS = 2;

/**
 * Ourselves first, with the figures of this instant; in a large room only those who are worst off.
 * @param {Pick<PartyState, "users" | "self" | "statuses" | "statusSummary">} state
 * @param {Status | null} own null: our clock is not set
 * @returns {Viewer[]}
 */
export function viewersOf({ users, self, statuses, statusSummary }, own) {
  const worst = statusSummary && new Set(statusSummary.worst);
  return users
    .filter(({ id }) => id === self?.id || !worst || worst.has(id))
    .map(({ id, name, color }) => {
      const isSelf = id === self?.id;
      return { id, name, color, own: isSelf, status: isSelf ? own : (statuses[id] ?? null) };
    })
    .sort((a, b) => Number(b.own) - Number(a.own))
    .slice(0, MOST_ROWS);
}

/**
 * @param {object} shown
 * @param {HTMLElement} shown.root
 * @param {HTMLTemplateElement} shown.dot
 * @param {HTMLTemplateElement} shown.row
 * @param {readonly Viewer[]} shown.viewers
 * @param {PartyState["statusSummary"]} shown.summary
 * @param {number} shown.roomRate
 * @param {StuckWatch} shown.stuck
 * @param {number} shown.nowMs
 */
export function drawViewers({ root, dot, row, viewers, summary, roomRate, stuck, nowMs }) {
  say(part(root, "skew-sentence"), skewSentence(viewers, summary));
  drawStrip(root, dot, summary ? [] : viewers);
  part(root, "strip").hidden = summary !== null || viewers.length < 2;
  say(part(root, "rows-title"), summary ? "You, and who is furthest off" : "Everyone");
  const table = part(root, "rows");
  fit(table, row, viewers.length, HEADS);
  viewers.forEach((viewer, index) => {
    const element = table.children[HEADS + index];
    const seen = { name: viewer.own ? null : viewer.name, status: viewer.status, roomRate, stuckMs: stuck.stuckMs(viewer.id, nowMs) };
    // Of a large room's worst only the names are told.
    const cause = summary && !viewer.status ? null : causeOf(seen);
    if (element instanceof HTMLElement) drawRow(element, viewer, cause?.words ?? "");
  });
}

/**
 * @param {HTMLElement} root
 * @param {HTMLTemplateElement} template
 * @param {readonly Viewer[]} viewers
 */
function drawStrip(root, template, viewers) {
  const { halfMs, dots } = strip(viewers);
  const holder = part(root, "dots");
  fit(holder, template, dots.length);
  dots.forEach(({ viewer, at, level }, index) => {
    const element = holder.children[index];
    if (!(element instanceof HTMLElement)) return;
    element.style.setProperty("--at", String(at));
    element.style.setProperty("--level", String(level));
    element.style.setProperty("--person", viewer.color);
    element.dataset.side = at > 0.5 ? "end" : "start";
    const name = dotName(viewer);
    if (element.getAttribute("aria-label") !== name) element.setAttribute("aria-label", name);
    say(part(element, "name"), name);
  });
  say(part(root, "ahead"), `${halfMs} ms ahead`);
  say(part(root, "behind"), `${halfMs} ms behind`);
}

/**
 * @param {HTMLElement} row
 * @param {Viewer} viewer
 * @param {string} cause
 */
function drawRow(row, { name, color, own, status }, cause) {
  const state = status?.state ?? "unknown";
  row.dataset.state = state;
  part(row, "light").dataset.light = wordFor(state).light;
  part(row, "who").style.setProperty("--person", color);
  say(part(row, "name"), own ? "You" : name);
  const figures = status ? figuresOf(status) : {};
  for (const field of ["drift", "bound", "rtt", "rate", "buffer", "dropped"]) say(part(row, field), figures[field] ?? "–");
  say(part(row, "cause"), cause);
  part(row, "cause-row").hidden = cause === "";
}

/** @param {Status} status @returns {Record<string, string>} */
function figuresOf({ state, driftMs, boundMs, rttMs, rate, bufferS, droppedFrames }) {
  return {
    drift: isMeasured(state) ? signed(driftMs, Math.abs(driftMs) < 9.95 ? 1 : 0) : "–",
    bound: `±${boundText(boundMs).replace(" ms", "")}`,
    rtt: rttMs.toFixed(0),
    rate: rateText(rate),
    buffer: `${bufferS.toFixed(0)} s`,
    dropped: String(droppedFrames),
  };
}

/**
 * Keeps so many copies of a template in a holder.
 * @param {HTMLElement} holder
 * @param {HTMLTemplateElement} template
 * @param {number} wanted
 * @param {number} [others] children that stand before them
 */
function fit(holder, template, wanted, others = 0) {
  while (holder.childElementCount > others + wanted) holder.lastElementChild?.remove();
  while (holder.childElementCount < others + wanted) holder.append(copy(template));
}

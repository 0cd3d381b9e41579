// @ts-check
/** Three, two, one over the film, like the leader of a reel, counted by the media clock: every screen shows the same figure. */

import { need, say, stopAll } from "./dom.js";
import { set } from "./svg.js";

/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "./loop.js" */

/** A shorter lead is over before anybody has read its figure. */
const LEAST_LEAD_MS = 900;
const HIGHEST = 3;
const RADIUS = 78;

/**
 * What the leader shows at an instant.
 * @param {number} startsAtMs media clock
 * @param {number} nowMs media clock
 * @returns {{figure: number, turn: number} | null} `turn`: how much of this figure's second is over; null: the film runs
 */
export function countAt(startsAtMs, nowMs) {
  const leftS = (startsAtMs - nowMs) / 1000;
  if (!(leftS > 0)) return null;
  const figure = Math.min(Math.ceil(leftS), HIGHEST);
  return { figure, turn: Math.min(Math.max(figure - leftS, 0), 1) };
}

/**
 * The part of the disc that the hand has swept, as an SVG path around the middle.
 * @param {number} turn 0 … 1
 */
export function sweptPath(turn) {
  if (turn <= 0) return "";
  const angle = 2 * Math.PI * Math.min(turn, 0.9999);
  const x = (RADIUS * Math.sin(angle)).toFixed(2);
  const y = (-RADIUS * Math.cos(angle)).toFixed(2);
  return `M0 0V-${RADIUS}A${RADIUS} ${RADIUS} 0 ${Number(turn > 0.5)} 1 ${x} ${y}Z`;
}

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {() => number} needs.mediaNowMs
 * @param {(sentence: string) => void} needs.announce once for each start
 */
export function mountCountdown({ root, party, loop, mediaNowMs, announce }) {
  const figure = need(root, "[data-part='figure']", SVGTextElement);
  const swept = need(root, "[data-part='swept']", SVGPathElement);
  const hand = need(root, "[data-part='hand']", SVGGElement);
  /** The start that is counted down to. @type {number | null} */
  let startsAtMs = null;
  /** @type {() => void} */
  let endDrawing = () => {};

  const end = () => {
    endDrawing();
    startsAtMs = null;
    root.hidden = true;
  };

  const draw = () => {
    const count = startsAtMs === null ? null : countAt(startsAtMs, mediaNowMs());
    if (!count) {
      end();
      return;
    }
    say(figure, String(count.figure));
    set(swept, { d: sweptPath(count.turn) });
    set(hand, { transform: `rotate(${(360 * count.turn).toFixed(1)})` });
  };

  const follow = () => {
    const playhead = party.playhead();
    const atMs = playhead?.playing ? playhead.atMs : null;
    if (atMs === startsAtMs) return;
    end();
    const leadMs = (atMs ?? -Infinity) - mediaNowMs();
    if (atMs === null || leadMs < LEAST_LEAD_MS) return;
    startsAtMs = atMs;
    root.hidden = false;
    draw();
    endDrawing = loop.add(draw);
    announce(`All start together in ${Math.min(Math.ceil(leadMs / 1000), HIGHEST)} seconds.`);
  };

  return stopAll([party.subscribe(follow), end]);
}

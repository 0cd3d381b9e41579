// @ts-check
/** What hands do over the picture: pointers, clicks and taps, reactions; mounted on the room's elements. */

import { BurstStamps } from "../ui/burst-stamps.js";
import { mountBursts } from "../ui/bursts.js";
import { mountCursors } from "../ui/cursors.js";
import { mountFrame } from "../ui/frame.js";
import { mountHand } from "../ui/hand.js";
import { isOwn, mountPicture } from "../ui/picture.js";
import { mountPointerChoice } from "../ui/pointer-choice.js";
import { PointerStamps } from "../ui/pointer-stamps.js";
import { mountReactions } from "../ui/reactions.js";
import { mountSheet } from "../ui/sheet.js";
import { Stamps } from "../ui/stamps.js";
import { byId, calm, observeSize, timers } from "./browser.js";

/** @import { Steering } from "../playback/steering.js" */
/** @import { Party } from "../room/party.js" */
/** @import { FrameLoop } from "../ui/loop.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.stage
 * @param {HTMLElement} needs.film
 * @param {HTMLElement} needs.controls
 * @param {HTMLVideoElement} needs.video
 * @param {Party} needs.party
 * @param {FrameLoop} needs.loop
 * @param {Pick<Steering, "intentPositionS">} needs.steering
 * @param {Storage | null} needs.storage
 * @param {() => void} needs.toggle plays or pauses
 * @param {(sentence: string) => void} needs.tell over the film
 * @param {(sentence: string) => void} needs.announce
 */
export function mountHands({ stage, film, controls, video, party, loop, steering, storage, toggle, tell, announce }) {
  const layers = { cursors: byId("cursors", HTMLElement), bursts: byId("bursts", HTMLElement) };
  const templates = { cursor: byId("piece-cursor", HTMLTemplateElement), burst: byId("piece-burst", HTMLTemplateElement) };
  const frameNow = () => performance.now();
  const frame = mountFrame({ film, video, layers: Object.values(layers), observeSize, onMeasured: () => cursors.redraw() });
  const stamps = new Stamps({ newCanvas: () => document.createElement("canvas") });
  const sheet = mountSheet({ canvas: byId("sheet", HTMLCanvasElement), stamps, loop, size: frame.size, ratio: sharpness });
  const pointers = mountPointerChoice({
    showBox: byId("show-pointers", HTMLInputElement),
    shareBox: byId("share-pointer", HTMLInputElement),
    storage,
    onHidden: () => cursors.clear(),
    onWithdrawn: () => hand.hide(),
  });
  const hand = mountHand({ film, party, placeOf: frame.placeOf, isOwn, shares: pointers.shares, ...timers });
  const cursors = mountCursors({
    layer: layers.cursors,
    template: templates.cursor,
    stamps: new PointerStamps({ stamps, layer: layers.cursors, template: templates.cursor }),
    sheet,
    party,
    loop,
    size: frame.size,
    now: frameNow,
    calm,
    shown: pointers.shown,
  });
  const reactions = mountReactions({
    bar: byId("reactions", HTMLElement),
    party,
    pointer: hand.place,
    storage,
    random: Math.random,
    announce,
    ...timers,
  });
  mountPicture({ film, stage, controls, party, toggle, react: (event) => reactions.repeatAt(frame.placeOf(event)), ...timers });
  mountBursts({
    layer: layers.bursts,
    template: templates.burst,
    stamps: new BurstStamps({ stamps, layer: layers.bursts, template: templates.burst }),
    sheet,
    size: frame.size,
    calm,
    party,
    loop,
    film: () => (video.readyState > 0 ? { positionS: steering.intentPositionS(), playing: !video.paused } : null),
    now: frameNow,
    isHidden: () => document.visibilityState === "hidden",
    random: Math.random,
    announce,
    ...timers,
  });
  return {
    sendReaction: reactions.sendAtPointer,
    togglePointers() {
      const sentence = pointers.toggle() ? "You see everyone’s pointers again." : "The others’ pointers are hidden.";
      tell(sentence);
      announce(sentence);
    },
  };
}

/** More than two device pixels a pixel nobody sees move. */
function sharpness() {
  return Math.min(devicePixelRatio, 2);
}

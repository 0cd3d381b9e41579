// @ts-check
/** Clocks of many places on one agreed time: cards that can be added and removed. */

import { AnalogClock } from "./analog-clock.js";
import { copy, listen, need, part, say, setIcon, stopAll } from "./dom.js";
import { SIX_CITIES, findZone, readZones, rememberZones, zoneName } from "./zone-choice.js";
import { ZoneTime, aheadWords, clockText, isDay, shortDate, utcText } from "./zone-time.js";

/** @import { Store } from "../room/remember.js" */
/** @import { FrameLoop } from "./loop.js" */

/**
 * @typedef {object} WorldNeeds
 * @property {HTMLElement} root
 * @property {HTMLTemplateElement} template of one card
 * @property {FrameLoop} loop
 * @property {() => number} civilNowMs UTC
 * @property {string} ownZone
 * @property {readonly string[]} knownZones
 * @property {boolean} twelveHours
 * @property {() => boolean} ticking for who wants less motion
 * @property {Store | null} storage
 */

/** @typedef {{zone: string, element: HTMLElement, draw: (civilMs: number) => number}} Card  draw tells for how long that is good */

/** @param {WorldNeeds} needs */
export function mountWorldClocks(needs) {
  const { root, loop, civilNowMs, ownZone, knownZones, storage } = needs;
  const list = part(root, "list");
  const adding = part(root, "adding");
  const form = need(root, "form", HTMLFormElement);
  const field = need(root, "input", HTMLInputElement);
  const error = part(root, "error");
  const reset = part(root, "reset");
  let zones = readZones(storage);
  /** @type {Map<string, Card>} */
  const cards = new Map();

  const shown = () => [ownZone, ...zones.filter((zone) => zone !== ownZone)];
  const arrange = () => {
    for (const [zone, { element }] of cards) {
      if (shown().includes(zone)) continue;
      element.remove();
      cards.delete(zone);
    }
    for (const zone of shown()) {
      if (!cards.has(zone)) cards.set(zone, buildCard(zone, needs, () => removeZone(zone)));
      list.insertBefore(/** @type {Card} */ (cards.get(zone)).element, adding);
    }
    reset.hidden = SIX_CITIES.every((zone) => shown().includes(zone));
  };
  /** @param {readonly string[]} next */
  const choose = (next) => {
    zones = next;
    rememberZones(storage, zones);
    arrange();
  };
  /** @param {string} zone */
  const removeZone = (zone) => {
    const neighbour = cards.get(zone)?.element.nextElementSibling;
    choose(zones.filter((one) => one !== zone));
    // The keyboard goes on with what took the place.
    const next = neighbour?.querySelector("[data-part=remove]:not([hidden])");
    (next instanceof HTMLElement ? next : field).focus();
  };
  /** @param {string} sentence */
  const complain = (sentence) => {
    error.hidden = sentence === "";
    say(error, sentence);
    field.setAttribute("aria-invalid", String(sentence !== ""));
  };
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    const found = findZone(field.value, { known: knownZones, shown: shown() });
    if (found.zone === null) return complain(found.message);
    field.value = "";
    complain("");
    return choose([...zones, found.zone]);
  };
  let restMs = 0;
  const draw = () => {
    const civilMs = civilNowMs();
    restMs = Math.min(...[...cards.values()].map(({ draw: drawCard }) => drawCard(civilMs)));
  };

  offerZones(need(root, "datalist", HTMLDataListElement), knownZones);
  arrange();
  return stopAll([
    loop.add(draw, { element: list, everyMs: () => restMs }),
    listen(form, "submit", add),
    listen(field, "input", () => complain("")),
    listen(reset, "click", () => choose([...SIX_CITIES, ...zones.filter((zone) => !SIX_CITIES.includes(zone))])),
  ]);
}

/**
 * @param {string} zone
 * @param {WorldNeeds} needs
 * @param {() => void} onRemove
 * @returns {Card}
 */
function buildCard(zone, { template, ownZone, twelveHours, ticking }, onRemove) {
  const element = copy(template);
  const face = new AnalogClock(element);
  const there = new ZoneTime(zone);
  const here = new ZoneTime(ownZone);
  const remove = need(element, "[data-part=remove]", HTMLButtonElement);
  let second = NaN;

  element.dataset.zone = zone;
  say(part(element, "city"), zoneName(zone));
  part(element, "own").hidden = zone !== ownZone;
  remove.hidden = zone === ownZone;
  remove.setAttribute("aria-label", `Remove ${zoneName(zone)}`);
  remove.addEventListener("click", onRemove);

  /** @param {number} civilMs */
  const write = (civilMs) => {
    const wallMs = there.wallMs(civilMs);
    const { figure, period } = clockText(wallMs, { twelveHours });
    const day = isDay(wallMs);
    say(part(element, "time"), figure);
    say(part(element, "period"), period);
    say(part(element, "date"), shortDate(wallMs));
    say(part(element, "difference"), zone === ownZone ? utcText(there.offsetMs(civilMs)) : aheadWords(there.offsetMs(civilMs) - here.offsetMs(civilMs)));
    say(part(element, "light"), day ? "Day" : "Night");
    setIcon(element, day ? "icon-sun" : "icon-moon");
    element.dataset.light = day ? "day" : "night";
  };
  return {
    zone,
    element,
    draw(civilMs) {
      const restMs = face.show(there.wallMs(civilMs), ticking());
      if (Math.floor(civilMs / 1000) !== second) write(civilMs);
      second = Math.floor(civilMs / 1000);
      return restMs;
    },
  };
}

/**
 * @param {HTMLDataListElement} datalist
 * @param {readonly string[]} zones
 */
function offerZones(datalist, zones) {
  const blank = need(datalist, "option", HTMLOptionElement);
  const options = zones.map((zone) => {
    const option = /** @type {HTMLOptionElement} */ (blank.cloneNode());
    option.value = zone;
    option.label = zoneName(zone);
    return option;
  });
  datalist.replaceChildren(...options);
}

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { beatsFor, handAngles, untilBeatMs } from "../../static/js/ui/analog-clock.js";
import { deviceSentence, trustIn, trustWords } from "../../static/js/ui/true-clock.js";
import { MOST_ZONES, SIX_CITIES, findZone, readZones, rememberZones, zoneName } from "../../static/js/ui/zone-choice.js";
import { ZoneTime, aheadWords, clockText, isDay, longDate, shortDate, utcText } from "../../static/js/ui/zone-time.js";

const HOUR_MS = 3_600_000;
const KNOWN = Intl.supportedValuesOf("timeZone");
/** 14:23:07.456 on Thursday 26 November 2026, in UTC. */
const AFTERNOON_MS = Date.UTC(2026, 10, 26, 14, 23, 7, 456);

/** @param {string} asked */
const find = (asked, shown = /** @type {readonly string[]} */ ([])) => findZone(asked, { known: KNOWN, shown });

/** What localStorage is, as far as it is needed. */
function memory() {
  /** @type {Map<string, string>} */
  const values = new Map();
  return {
    getItem: (/** @type {string} */ key) => values.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value),
  };
}

test("what is no zone is refused with words, as Intl's RangeError has it", () => {
  for (const asked of ["Atlantis", "Europe/Nowhere", "Mars/Olympus Mons", "<b>Lima</b>", "🕰️"]) {
    const found = find(asked);
    assert.equal(found.zone, null, asked);
    assert.equal("code" in found && found.code, "unknown_zone", asked);
    assert.ok("message" in found && found.message.includes(asked), asked);
  }
});

test("nothing, a clock that is there already, and one too many are refused each in its own words", () => {
  const refused = [find("  "), find("tokyo", ["Asia/Tokyo"]), find("Lima", KNOWN.filter((zone) => zone !== "America/Lima").slice(0, MOST_ZONES))];
  assert.deepEqual(refused.map((found) => "code" in found && found.code), ["empty", "shown_already", "too_many"]);
  assert.equal("message" in refused[1] && refused[1].message, "Tokyo is here already.");
});

test("a zone is found by its city or its name, however it is written", () => {
  for (const asked of ["Lima", " lima ", "America/Lima", "america/lima"]) assert.deepEqual(find(asked), { zone: "America/Lima" }, asked);
  assert.deepEqual(find("new york"), { zone: "America/New_York" });
  assert.deepEqual(find("utc"), { zone: "UTC" });
});

test("cities name a zone, and zones without one go by their own name", () => {
  assert.deepEqual(["America/New_York", "UTC", "Etc/GMT+3"].map(zoneName), ["New York", "UTC", "Etc/GMT+3"]);
});

test("what cannot be read back leaves the six cities, and unknown zones are left out", () => {
  const storage = memory();
  for (const text of ["", "{", "7", '{"zones": []}']) {
    storage.setItem("csw-zones", text);
    assert.deepEqual(readZones(storage), SIX_CITIES, text);
  }
  storage.setItem("csw-zones", JSON.stringify(["Asia/Tokyo", "Atlantis", 7, null, "Asia/Tokyo"]));
  assert.deepEqual(readZones(storage), ["Asia/Tokyo"]);
  assert.deepEqual(readZones(null), SIX_CITIES);
  storage.setItem("csw-zones", JSON.stringify([...new Array(MOST_ZONES).fill("").map((_, i) => `Nowhere/${i}`), "Asia/Tokyo"]));
  assert.deepEqual(readZones(storage), [], "no more names are tried than clocks are shown");
});

test("chosen zones are remembered, none at all too", () => {
  const storage = memory();
  for (const zones of [["America/Lima"], []]) {
    rememberZones(storage, zones);
    assert.deepEqual(readZones(storage), zones);
  }
});

test("hands stand where a watchmaker would set them", () => {
  assert.deepEqual(handAngles(0), { hour: 0, minute: 0, second: 0 });
  assert.deepEqual(handAngles(3 * HOUR_MS), { hour: 90, minute: 0, second: 0 });
  assert.deepEqual(handAngles(21.5 * HOUR_MS + 30_000), { hour: 285.25, minute: 183, second: 180 });
});

test("hands are right before 1970 too", () => {
  assert.deepEqual(handAngles(-15_000), { hour: 359.875, minute: 358.5, second: 270 });
});

test("the second hand sweeps, and for who wants less motion it ticks", () => {
  assert.equal(handAngles(7500).second, 45);
  assert.equal(handAngles(7999, 1).second, 42);
  assert.equal(handAngles(8000, 1).second, 48);
});

test("hands beat as often as an eye can tell, never ahead of the time, and each second is a beat", () => {
  assert.equal(beatsFor(37, 1), 10);
  assert.equal(beatsFor(37, 2), 30);
  assert.equal(beatsFor(0, 1), 1, "a face that is not laid out yet");
  assert.ok((2 * Math.PI * 140) / 60 / beatsFor(140, 1) <= 0.5, "half a pixel at the tip");
  assert.equal(beatsFor(900, 2), 30, "as fluent as a film");
  for (let wallMs = -3000; wallMs < 3000; wallMs += 7) {
    const lateMs = ((turnsOf(wallMs) - handAngles(wallMs, 7).second + 360) % 360) / 0.006;
    assert.ok(lateMs < 1000 / 7 + 1e-6, `late by ${lateMs} ms`);
    assert.ok(untilBeatMs(wallMs, 7) > 0 && untilBeatMs(wallMs, 7) <= 1000 / 7 + 1e-6);
  }
  assert.equal(handAngles(7000, 7).second, 42);
  assert.equal(untilBeatMs(7250, 4), 250);
});

/** @param {number} wallMs */
const turnsOf = (wallMs) => handAngles(wallMs).second;

test("times are read as their reader is used to", () => {
  assert.deepEqual(clockText(AFTERNOON_MS, { twelveHours: false }), { figure: "14:23:07", period: "" });
  assert.deepEqual(clockText(AFTERNOON_MS, { twelveHours: true, tenths: true }), { figure: "2:23:07.4", period: "pm" });
  assert.deepEqual(clockText(0, { twelveHours: true }), { figure: "12:00:00", period: "am" });
  assert.deepEqual(clockText(12 * HOUR_MS, { twelveHours: true }), { figure: "12:00:00", period: "pm" });
});

test("the shown tenth never runs ahead of the time", () => {
  assert.equal(clockText(999, { twelveHours: false, tenths: true }).figure, "00:00:00.9");
});

test("a zone's clock follows its own summer time to the minute", () => {
  const berlin = new ZoneTime("Europe/Berlin");
  const changeMs = Date.UTC(2026, 2, 29, 1);
  assert.equal(berlin.offsetMs(changeMs - 1), HOUR_MS);
  assert.equal(berlin.offsetMs(changeMs), 2 * HOUR_MS);
  assert.equal(new ZoneTime("Asia/Kathmandu").offsetMs(changeMs), 5.75 * HOUR_MS);
  assert.equal(new ZoneTime("America/St_Johns").wallMs(AFTERNOON_MS), AFTERNOON_MS - 3.5 * HOUR_MS);
});

test("dates are the dates of the place", () => {
  const tokyoMs = new ZoneTime("Asia/Tokyo").wallMs(AFTERNOON_MS + HOUR_MS);
  assert.match(longDate(tokyoMs), /^Friday,? 27 November 2026$/);
  assert.match(shortDate(AFTERNOON_MS), /^Thu,? 26 Nov$/);
});

test("day is from six to six by the clock of the place", () => {
  assert.deepEqual([5.99, 6, 17.99, 18].map((hour) => isDay(hour * HOUR_MS)), [false, true, true, false]);
});

test("differences and offsets read as people say them", () => {
  assert.deepEqual([8, -6, 5.5, -0.25, 0].map((hours) => aheadWords(hours * HOUR_MS)), [
    "8 h ahead", "6 h behind", "5 h 30 min ahead", "15 min behind", "same time",
  ]); // prettier-ignore
  assert.deepEqual([1, -8, 5.75, -0.5, 0].map((hours) => utcText(hours * HOUR_MS)), ["UTC+1", "UTC−8", "UTC+5:45", "UTC−0:30", "UTC"]);
});

test("no clock claims to be right before the server has answered, nor alone to stay as right as it was", () => {
  assert.equal(trustIn(Infinity, "joined"), "setting");
  assert.equal(trustIn(0.5, "reconnecting"), "alone");
  assert.equal(trustIn(0.5, "gone"), "alone");
  assert.equal(trustIn(0.5, "joined"), "right");
  assert.equal(new Set((/** @type {const} */ (["setting", "right", "alone"])).map(trustWords)).size, 3);
});

test("the device's own clock is called wrong only beyond what is known", () => {
  assert.equal(deviceSentence(1.2, 0.5), "Your device’s own clock agrees with it.");
  assert.equal(deviceSentence(30_500, 0.5), "Your device’s own clock is 30.5 s ahead.");
  assert.equal(deviceSentence(-312, 0.5), "Your device’s own clock is 312 ms behind.");
});

// @ts-check
/** The layers of the browser code: who may import whom, types included, is one table here. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../static/js", import.meta.url));
/** Beside its own, each layer imports from these only. @type {Readonly<Record<string, readonly string[]>>} */
const MAY_IMPORT = Object.freeze({
  protocol: [],
  clock: ["protocol"],
  playback: ["protocol"],
  room: ["playback", "clock", "protocol"],
  ui: ["room", "playback", "clock", "protocol"],
  pages: ["ui", "room", "playback", "clock", "protocol"],
});
/** Other programs' estimators are for comparing only: no page but the laboratory's loads them. */
const MAY_LOAD_RIVALS = Object.freeze(["clock/laboratory.js", "pages/simulate.js"]);
const SPECIFIER = /(@import\s[^"]*?from\s+|\bfrom\s+|\bimport\s*\(?\s*)"([^"]+)"/g;

/** @typedef {{from: string, to: string, typeOnly: boolean}} Import  paths below static/js */

/** @param {string} from @param {string} source @returns {Import[]} */
function importsOf(from, source) {
  return [...source.matchAll(SPECIFIER)].map(([, how = "", specifier = ""]) => ({
    from,
    to: specifier.startsWith(".") ? posix.join(dirname(from), specifier) : specifier,
    typeOnly: how.startsWith("@import"),
  }));
}

/** What an import breaks, if anything. @param {Import} found @returns {string | null} */
function broken({ from, to, typeOnly }) {
  const [layer, other] = [from, to].map((path) => path.split("/")[0] ?? "");
  const allowed = MAY_IMPORT[layer ?? ""];
  if (!allowed) return `${from} is in no layer`;
  if (other !== layer && !allowed.includes(other ?? "")) return `${from} imports ${to}`;
  const loadsRival = to.startsWith("clock/rivals/") && !typeOnly && !from.startsWith("clock/rivals/");
  return loadsRival && !MAY_LOAD_RIVALS.includes(from) ? `${from} loads ${to}` : null;
}

/** @param {string} from @param {string} source */
const judge = (from, source) => importsOf(from, source).map(broken);

test("each module imports from the layers below it only, and nothing from tests or benchmarks", () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".js"));
  const imports = files.flatMap((path) => importsOf(path, readFileSync(`${ROOT}/${path}`, "utf8")));
  assert.ok(files.length > 100 && imports.length > files.length, "they were read");
  assert.deepEqual(imports.map(broken).filter(Boolean), []);
});

test("an import upwards, outwards, of a type or of a rival is found", () => {
  assert.deepEqual(judge("clock/prober.js", 'import { say } from "../ui/dom.js";'), ["clock/prober.js imports ui/dom.js"]);
  assert.deepEqual(judge("clock/prober.js", 'import {\n  Party,\n} from "../room/party.js";'), ["clock/prober.js imports room/party.js"]);
  assert.deepEqual(judge("ui/door.js", 'export { now } from "../pages/browser.js";'), ["ui/door.js imports pages/browser.js"]);
  assert.deepEqual(judge("ui/learn/lab.js", 'await import("../../pages/learn.js");'), ["ui/learn/lab.js imports pages/learn.js"]);
  assert.deepEqual(judge("room/link.js", '/** @import { Loop } from "../ui/loop.js" */'), ["room/link.js imports ui/loop.js"]);
  assert.deepEqual(judge("pages/room.js", 'import "../../../tests/js/fakes.js";'), ["pages/room.js imports ../../tests/js/fakes.js"]);
  assert.deepEqual(judge("pages/room.js", 'import { of } from "rxjs";'), ["pages/room.js imports rxjs"]);
  assert.deepEqual(judge("pages/room.js", 'import { Ntp } from "../clock/rivals/ntp.js";'), ["pages/room.js loads clock/rivals/ntp.js"]);
  assert.deepEqual(judge("ui/contest.js", '/** @import { EstimatorEntry } from "../clock/rivals/index.js" */'), [null]);
  assert.deepEqual(judge("ui/a/b.js", 'import { x } from "../c.js";\nimport { y } from "../../room/d.js";'), [null, null]);
});

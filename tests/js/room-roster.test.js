// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "../../static/js/room/crc32.js";
import { Roster } from "../../static/js/room/roster.js";
import { ADA, BO, userOf } from "./room-fakes.js";

/** @import { User } from "../../static/js/protocol/protocol.js" */

/** @param {User[]} users */
function rosterOf(...users) {
  const roster = new Roster();
  roster.replace(users);
  return roster;
}

/** @param {Roster} roster */
const names = (roster) => roster.users.map(({ name }) => name);

const STATUS = /** @type {const} */ ({
  driftMs: 1, boundMs: 1, rttMs: 1, rate: 1, bufferS: 1, startMs: 1, droppedFrames: 0, state: "synced",
});

test("somebody unknown may leave", () => {
  const roster = rosterOf(ADA);
  assert.equal(roster.remove("nobody"), null);
  assert.deepEqual(names(roster), ["Ada"]);
  assert.equal(roster.count, 1);
});

test("somebody who comes twice is there once, as told last", () => {
  const roster = rosterOf(ADA);
  roster.add({ ...ADA, name: "Ada L." });
  assert.deepEqual(names(roster), ["Ada L."]);
  assert.equal(roster.count, 1);
});

test("owner and hosts come first, then everybody by name", () => {
  const roster = rosterOf(
    userOf("4", { name: "zoe" }),
    userOf("6", { name: "Bo 10" }),
    userOf("5", { name: "Bo 9" }),
    userOf("3", { name: "Bo" }),
    userOf("2", { name: "Yan", role: "host" }),
    userOf("1", { name: "Xi", role: "owner" }),
  );
  assert.deepEqual(names(roster), ["Xi", "Yan", "Bo", "Bo 9", "Bo 10", "zoe"]);
});

test("the list stays the same object until it changes", () => {
  const roster = rosterOf(ADA);
  const before = roster.users;
  assert.equal(roster.users, before);
  roster.add(BO);
  assert.notEqual(roster.users, before);
});

test("who leaves takes the status along", () => {
  const roster = rosterOf(ADA, BO);
  roster.report({ statuses: { ada: STATUS, bo: STATUS } });
  roster.remove("bo");
  assert.deepEqual(Object.keys(roster.statuses), ["ada"]);
});

test("a digest that agrees is no reason to ask", () => {
  const roster = rosterOf(BO, ADA);
  const hash = 1_087_079_138; // zlib's, of "ada|Ada|#123456|guest\nbo|Bo|#123456|guest"
  assert.equal(roster.digest(), hash);
  assert.equal(roster.differsFrom({ count: 2, hash }), false);
});

test("a digest that differs in count or hash is a reason to ask", () => {
  const roster = rosterOf(ADA);
  assert.equal(roster.differsFrom({ count: 2, hash: roster.digest() }), true);
  assert.equal(roster.differsFrom({ count: 1, hash: roster.digest() ^ 1 }), true);
});

test("without a hash, in a large room, only the count is taken over", () => {
  const roster = rosterOf(ADA, BO);
  assert.equal(roster.differsFrom({ count: 300 }), false);
  assert.equal(roster.count, 300);
  roster.remove("bo");
  assert.equal(roster.count, 299);
});

test("CRC-32 is that of zlib, over UTF-8", () => {
  assert.equal(crc32("123456789"), 0xcbf43926);
  assert.equal(crc32(""), 0);
  assert.equal(crc32("Zoë|🍿"), 526_951_893);
});

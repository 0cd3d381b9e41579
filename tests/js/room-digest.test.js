// @ts-check
/** The digest of a room's members, by the vectors that the server's tests run, too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Roster } from "../../static/js/room/roster.js";
import { userOf } from "./room-fakes.js";

/** @import { User } from "../../static/js/protocol/protocol.js" */

/** @type {{cases: {name: string, users: (Partial<User> & {id: string})[], hash: number}[]}} */
const { cases } = JSON.parse(readFileSync(new URL("../vectors/digest.json", import.meta.url), "utf8"));

for (const { name, users, hash } of cases) {
  test(name, () => {
    const roster = new Roster();
    roster.replace(users.map(({ id, ...fields }) => userOf(id, fields)));
    assert.equal(roster.digest(), hash);
  });
}

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { mayOf } from "../../static/js/room/may.js";
import { ADA, BO, partyWorld, settingsOf, snapshotOf, userOf, videoOf } from "./room-fakes.js";

const BO_TOO = userOf("bo-2", { name: "Bo", person: "p-bo" });
const CY = userOf("cy", { name: "Cy", role: "owner" });

/** @param {{granted?: string[], settings?: object}} [room] */
function entered({ granted = [], settings = {} } = {}) {
  const world = partyWorld();
  world.enter();
  const { room, ...rest } = snapshotOf(videoOf({ seq: 5 }), [ADA, BO, BO_TOO, CY]);
  world.newest().receive({ ...rest, room: { ...room, settings: settingsOf(settings) }, granted, rightful: "p-cy" });
  const roles = () => Object.fromEntries(world.party.state.users.map(({ id, role }) => [id, role]));
  return { ...world, roles };
}

/** @param {object} fields @returns {any} */
function ordered(fields) {
  return { epoch: "e1", seq: 6, by: "cy", ...fields };
}

/** @param {object} fields */
const roleOf = (fields) => ordered({ type: "member:role", userId: "bo", person: "p-bo", role: "host", reason: "given", ...fields });
/** @param {object} [fields] */
const grantOf = (fields) => ordered({ type: "member:control", userId: "bo", person: "p-bo", granted: true, ...fields });
/** @param {object} [fields] */
const removalOf = (fields) => ordered({ type: "member:removed", userId: "bo", person: "p-bo", ban: false, ...fields });

// -- What one may ---------------------------------------------------------------------------

test("nobody may anything before the room was seen", () => {
  assert.deepEqual(mayOf({ self: ADA, settings: null, granted: [], rightful: "p-cy" }), { control: false, write: false, host: false, rightful: false });
  assert.deepEqual(mayOf({ self: null, settings: settingsOf(), granted: [], rightful: "p-cy" }), { control: false, write: false, host: false, rightful: false });
});

test("a guest may control and write where everyone may, and never see to others", () => {
  assert.deepEqual(mayOf({ self: ADA, settings: settingsOf(), granted: [], rightful: "p-cy" }), { control: true, write: true, host: false, rightful: false });
  const strict = settingsOf({ control: "hosts", chatBy: "hosts" });
  assert.deepEqual(mayOf({ self: ADA, settings: strict, granted: [ADA.person], rightful: "p-cy" }), { control: false, write: false, host: false, rightful: false });
});

test("who was given control has it where guests have to ask, and only there", () => {
  assert.equal(mayOf({ self: ADA, settings: settingsOf({ control: "ask" }), granted: [], rightful: "p-cy" }).control, false);
  assert.equal(mayOf({ self: ADA, settings: settingsOf({ control: "ask" }), granted: [ADA.person], rightful: "p-cy" }).control, true);
});

test("hosts and owner may control and write whatever the settings are", () => {
  const settings = settingsOf({ control: "hosts", chatBy: "hosts" });
  const host = { ...ADA, role: /** @type {const} */ ("host") };
  assert.deepEqual(mayOf({ self: host, settings, granted: [], rightful: "p-cy" }), { control: true, write: true, host: true, rightful: false });
  assert.deepEqual(mayOf({ self: CY, settings, granted: [], rightful: "p-cy" }), { control: true, write: true, host: true, rightful: true });
});

// -- Roles ----------------------------------------------------------------------------------

test("a role is given to all tabs of a person, and told with who gave it", () => {
  const { newest, toldOf, roles } = entered();
  newest().receive(roleOf({}));
  assert.deepEqual(roles(), { cy: "owner", bo: "host", "bo-2": "host", ada: "guest" });
  const [{ by, own, user, role, reason, ofSelf, before }] = toldOf("role");
  assert.deepEqual([by.name, own, user.name, role, reason, ofSelf, before], ["Cy", false, "Bo", "host", "given", false, null]);
});

test("our own role lets us do more at once", () => {
  const { party, newest, toldOf } = entered({ settings: { control: "hosts" } });
  assert.equal(party.may.control, false);
  newest().receive(roleOf({ userId: "ada", person: ADA.person }));
  assert.deepEqual(party.may, { control: true, write: true, host: true, rightful: false });
  assert.equal(party.state.self?.role, "host");
  assert.equal(toldOf("role")[0].ofSelf, true);
});

test("who owned the room before becomes what the event says", () => {
  const { newest, toldOf, roles } = entered();
  newest().receive(roleOf({ role: "owner", formerRole: "host" }));
  assert.deepEqual(roles(), { cy: "host", bo: "owner", "bo-2": "owner", ada: "guest" });
  assert.equal(toldOf("role")[0].before.name, "Cy");
});

test("a room that is handed over is somebody else's from then on", () => {
  const { party, newest } = entered();
  assert.equal(party.may.rightful, false);
  newest().receive(roleOf({ userId: "ada", person: ADA.person, role: "owner", formerRole: "host" }));
  assert.equal(party.may.rightful, true);
  newest().receive(roleOf({ seq: 7, by: "ada", role: "owner", formerRole: "host" }));
  assert.deepEqual([party.may.host, party.may.rightful], [true, false]);
});

test("an owner who comes back relieves who stood in, be it oneself, and it never was theirs", () => {
  const { party, newest, roles } = entered();
  newest().receive(roleOf({ userId: "ada", person: ADA.person, role: "owner", reason: "succession", formerRole: "guest", by: null }));
  assert.deepEqual([party.may.host, party.may.rightful, party.state.rightful], [true, false, "p-cy"]);
  newest().receive(roleOf({ seq: 7, userId: "cy", person: CY.person, role: "owner", reason: "return", formerRole: "guest", by: null }));
  assert.equal(party.may.rightful, false);
  assert.equal(party.state.self?.role, "guest");
  assert.deepEqual(roles(), { cy: "owner", bo: "guest", "bo-2": "guest", ada: "guest" });
});

test("roles that changed while we were away hold for us, too", () => {
  const { party, newest } = entered();
  newest().receive(roleOf({ seq: 8 }));
  newest().receive(snapshotOf(videoOf({ seq: 8 }), [{ ...ADA, role: "host" }, BO, CY]));
  assert.equal(party.may.host, true);
});

test("a list that was asked for after a wrong digest puts our own role right, too", () => {
  const { party, newest } = entered();
  newest().receive({ type: "users:list", users: [{ ...ADA, role: "host" }, BO, CY], count: 3 });
  assert.equal(party.may.host, true);
});

// -- Control where guests ask ---------------------------------------------------------------

test("control given and taken back changes what one may, for all tabs of the person", () => {
  const { party, newest, toldOf } = entered({ settings: { control: "ask" } });
  newest().receive(grantOf({ userId: "ada-2", person: ADA.person }));
  assert.equal(party.may.control, true);
  newest().receive(grantOf({ seq: 7, userId: "ada-2", person: ADA.person, granted: false }));
  assert.equal(party.may.control, false);
  assert.deepEqual(toldOf("control-given").map(({ granted, ofSelf }) => [granted, ofSelf]), [[true, true], [false, true]]);
});

test("a snapshot brings who was given control, resumption keeps it", () => {
  const { party, newest, time } = entered({ settings: { control: "ask" }, granted: [ADA.person] });
  assert.equal(party.may.control, true);
  newest().end(1006);
  time.advance(400);
  newest().open();
  const { videoState, room, ...rest } = snapshotOf(videoOf({ seq: 6 }));
  newest().receive({ ...rest, room: { ...room, settings: settingsOf({ control: "ask" }) }, events: [grantOf()] });
  assert.deepEqual(party.state.granted, [ADA.person, "p-bo"]);
  assert.equal(party.may.control, true);
});

test("who asks is shown until answered, however often they ask and whichever tab is answered", () => {
  const { party, newest, toldOf } = entered({ settings: { control: "ask" } });
  for (const userId of ["bo", "bo", "bo-2", "stranger"]) newest().receive({ type: "member:asked", userId });
  assert.deepEqual(party.state.asked, ["bo", "bo-2"]);
  assert.deepEqual(toldOf("asked").map(({ id }) => id), ["bo", "bo-2"]);
  newest().receive(grantOf({ userId: "bo-2", granted: false }));
  assert.deepEqual(party.state.asked, []);
});

test("who leaves, is removed, becomes a host or need not ask any more asks no longer", () => {
  for (const over of [
    { type: "user:left", userId: "bo" },
    removalOf(),
    roleOf({}),
    ordered({ type: "room:settings", ...settingsOf() }),
  ]) {
    const { party, newest } = entered({ settings: { control: "ask" } });
    newest().receive({ type: "member:asked", userId: "bo" });
    newest().receive(over);
    assert.deepEqual(party.state.asked, [], over.type);
  }
});

test("our own ask goes out and is known until it is answered", () => {
  const { party, newest } = entered({ settings: { control: "ask" } });
  party.askForControl();
  assert.deepEqual(newest().sent.at(-1), { type: "member:ask" });
  assert.deepEqual(party.state.asked, ["ada"]);
  newest().receive(grantOf({ userId: "ada", person: ADA.person }));
  assert.deepEqual(party.state.asked, []);
});

test("without a connection nobody asks, and the viewer is told", () => {
  const { party, newest, toldOf } = entered({ settings: { control: "ask" } });
  newest().end(1006);
  party.askForControl();
  assert.deepEqual(party.state.asked, []);
  assert.deepEqual(toldOf("refusal").map(({ code }) => code), ["offline"]);
});

// -- Removal, and the end -------------------------------------------------------------------

test("all tabs of who is removed leave at once, and it is told once", () => {
  const { party, newest, toldOf } = entered({ granted: ["p-bo"] });
  newest().receive(removalOf({ ban: true, reason: "Spoilers." }));
  newest().receive({ type: "user:left", userId: "bo" });
  assert.deepEqual(party.state.users.map(({ id }) => id), ["cy", "ada"]);
  assert.equal(party.state.userCount, 2);
  assert.deepEqual(party.state.granted, []);
  assert.deepEqual(toldOf("cursor-gone"), ["bo", "bo-2", "bo"]);
  assert.deepEqual(toldOf("user-left"), []);
  const [{ by, user, ban, reason, ofSelf }] = toldOf("removed");
  assert.deepEqual([by.name, user.name, ban, reason, ofSelf], ["Cy", "Bo", true, "Spoilers.", false]);
});

test("who is sent out is told why, in the host's own words, and when the door is open again", () => {
  const { party, newest, time } = entered();
  newest().receive(removalOf({ userId: "ada-2", person: ADA.person, reason: "Spoilers." }));
  newest().end(4403);
  assert.equal(party.state.phase, "gone");
  const { reason, errorCode, retryAtMs } = party.state.gone ?? {};
  assert.deepEqual([reason, errorCode, retryAtMs], ["Spoilers.", null, time.nowMs + 60_000]);
});

test("who tries to come back too early hears the door, not the old reason", () => {
  const { party, newest } = entered();
  newest().receive(removalOf({ userId: "ada", person: ADA.person, reason: "Spoilers." }));
  newest().end(4403);
  party.join({ roomId: "demo", name: "Ada" });
  newest().open();
  newest().receive({ type: "error", code: "banned", message: "Come back in a minute." });
  newest().end(4403);
  const { reason, message } = party.state.gone ?? {};
  assert.deepEqual([reason, message], [null, "Come back in a minute."]);
});

test("who reloads while barred is told for how long still, and for a ban that there is no end to it", () => {
  for (const retryIn of [42_000, undefined]) {
    const { party, newest, time } = partyWorld();
    party.join({ roomId: "demo", name: "Ada" });
    newest().open();
    newest().receive({ type: "error", code: "banned", message: "No.", retryIn });
    newest().end(4403);
    const { errorCode, retryAtMs } = party.state.gone ?? {};
    assert.deepEqual([errorCode, retryAtMs], ["banned", retryIn === undefined ? null : time.nowMs + retryIn]);
  }
});

test("the end of the party is told as the owner's", () => {
  const { party, newest } = entered();
  newest().receive(ordered({ type: "room:closed", reason: "The owner has ended the party." }));
  newest().end(4410);
  assert.equal(party.state.gone?.message, "The owner has ended the party.");
});

test("too many tries at the password say when the next may be made", () => {
  const { party, newest, time, toldOf } = partyWorld();
  party.join({ roomId: "demo", name: "Ada", password: "open sesame" });
  newest().open();
  assert.equal(newest().sent[0].password, "open sesame");
  newest().receive({ type: "error:ratelimit", action: "password", retryIn: 9000 });
  newest().end(4423);
  const { errorCode, retryAtMs } = party.state.gone ?? {};
  assert.deepEqual([errorCode, retryAtMs], ["wrong_password", time.nowMs + 9000]);
  assert.deepEqual(toldOf("ratelimit"), []);
});

// -- Who is banned --------------------------------------------------------------------------

test("who is banned is known as it was told last, and forgotten with the room", () => {
  const { party, newest } = entered();
  const bans = [{ person: "p-bo", name: "Bo", at: 5, by: "Cy" }];
  newest().receive({ type: "bans:list", bans });
  assert.deepEqual(party.state.bans, bans);
  newest().receive(snapshotOf(videoOf({ seq: 8 })));
  assert.deepEqual(party.state.bans, bans);
  party.leave();
  assert.deepEqual(party.state.bans, []);
});

test("a new connection knows no bans before it is told them: we may be a guest by now", () => {
  const { party, newest, time } = entered();
  newest().receive({ type: "bans:list", bans: [{ person: "p-bo", name: "Bo", at: 5, by: "Cy" }] });
  newest().end(1006);
  time.advance(400);
  newest().open();
  newest().receive(snapshotOf(videoOf({ seq: 6 })));
  assert.deepEqual(party.state.bans, []);
});

test("letting somebody in is asked by person, and answered by an event that does not say whom", () => {
  const { party, newest, toldOf } = entered();
  const ref = party.unban("p-bo");
  assert.deepEqual(newest().sent.at(-1), { type: "member:unban", person: "p-bo", ref });
  newest().receive(ordered({ type: "member:unbanned", by: "ada", ref }));
  assert.deepEqual(toldOf("answered"), [{ ref, outcome: "answered" }]);
});

// -- Settings -------------------------------------------------------------------------------

test("settings are whole, tell what they were before, and rename the room", () => {
  const { party, newest, toldOf } = entered({ settings: { title: "Demo", maxUsers: 10 } });
  assert.deepEqual(party.state.settings, settingsOf({ title: "Demo", maxUsers: 10 }));
  newest().receive(ordered({ type: "room:settings", title: "Night", locked: true, hasPassword: true }));
  assert.deepEqual(party.state.settings, settingsOf({ title: "Night", locked: true, hasPassword: true }));
  assert.equal(party.state.room?.title, "Night");
  assert.equal(party.state.room?.maxUsers, 100);
  const [{ by, before, settings }] = toldOf("settings");
  assert.deepEqual([by.name, before.title, before.maxUsers, settings.title], ["Cy", "Demo", 10, "Night"]);
});

test("settings missed while away are told with what they were before", () => {
  const { newest, time, toldOf } = entered();
  newest().end(1006);
  time.advance(400);
  newest().open();
  const { videoState, room, ...rest } = snapshotOf(videoOf({ seq: 6 }));
  const locked = settingsOf({ locked: true });
  newest().receive({ ...rest, room: { ...room, settings: locked }, events: [ordered({ type: "room:settings", ...locked })] });
  const [{ before, settings }] = toldOf("settings");
  assert.deepEqual([before.locked, settings.locked], [false, true]);
});

// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { COLORS, TabIdentity, readProfile, rememberProfile, shortName, timeZone } from "../../static/js/room/identity.js";
import { FakeTime } from "./room-fakes.js";

/** @import { Store } from "../../static/js/room/remember.js" */

/** @param {Record<string, string>} [items] */
function fakeStorage(items = {}) {
  const map = new Map(Object.entries(items));
  return {
    getItem: (/** @type {string} */ key) => map.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void map.set(key, value),
    copy: () => fakeStorage(Object.fromEntries(map)),
  };
}

/** @type {Store} */
const FORBIDDEN = {
  getItem() {
    throw new Error("forbidden");
  },
  setItem() {
    throw new Error("forbidden");
  },
};

/** A browser whose pages hear each other. */
function fakeBrowser() {
  const time = new FakeTime();
  /** @type {Set<{onmessage: ((event: any) => void) | null}>} */
  const channels = new Set();
  let ids = 0;
  /** @param {{storage: Store | null, page?: string, waits?: boolean}} options */
  const openPage = ({ storage, page, waits = false }) => {
    const channel = {
      /** @type {((event: any) => void) | null} */
      onmessage: null,
      postMessage(/** @type {unknown} */ data) {
        for (const other of channels) if (other !== channel) time.setTimeout(() => other.onmessage?.({ data }), 1);
      },
      close: () => void channels.delete(channel),
    };
    channels.add(channel);
    let drawn = 0;
    const newId = () => ((drawn += 1) === 1 && page ? page : `drawn-id-${(ids += 1)}`);
    const identity = new TabIdentity({ storage, channel, newId });
    /** @type {{tab: string | null}} */
    const settled = { tab: null };
    const start = () => void identity.ready(time.setTimeout).then((tab) => (settled.tab = tab));
    if (!waits) start();
    return { identity, settled, start };
  };
  const settle = async () => {
    time.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { openPage, settle };
}

test("a stored id of a wrong shape is not used", async () => {
  const { openPage, settle } = fakeBrowser();
  const page = openPage({ storage: fakeStorage({ "csw.tab": "<b>" }) });
  await settle();
  assert.match(page.settled.tab ?? "", /^drawn-id-/);
});

test("a browser that forbids storage still gets an id", async () => {
  const { openPage, settle } = fakeBrowser();
  const page = openPage({ storage: FORBIDDEN });
  await settle();
  assert.match(page.settled.tab ?? "", /^drawn-id-/);
  assert.equal(page.identity.tab, page.settled.tab);
});

test("without a channel the stored id is taken at its word", async () => {
  const identity = new TabIdentity({
    storage: fakeStorage({ "csw.tab": "kept-tab-1" }),
    channel: null,
    newId: () => "another-id",
  });
  assert.equal(await identity.ready(() => assert.fail("nobody to wait for")), "kept-tab-1");
});

test("a reload keeps the tab's id", async () => {
  const { openPage, settle } = fakeBrowser();
  const storage = fakeStorage();
  const first = openPage({ storage });
  await settle();
  first.identity.stop();
  const second = openPage({ storage });
  await settle();
  assert.equal(second.settled.tab, first.settled.tab);
});

test("a duplicated page draws an id of its own and keeps it", async () => {
  const { openPage, settle } = fakeBrowser();
  const storage = fakeStorage();
  const original = openPage({ storage });
  await settle();
  const copied = storage.copy();
  const copy = openPage({ storage: copied });
  await settle();
  assert.notEqual(copy.settled.tab, original.settled.tab);
  assert.equal(copied.getItem("csw.tab"), copy.settled.tab);
  assert.equal(storage.getItem("csw.tab"), original.settled.tab);
});

for (const [first, second] of [["page-a", "page-b"], ["page-b", "page-a"]]) {
  test(`two copies that open at once (${first} first) end with two ids`, async () => {
    const { openPage, settle } = fakeBrowser();
    const storage = fakeStorage({ "csw.tab": "kept-tab-1" });
    const one = openPage({ storage: storage.copy(), page: first ?? "", waits: true });
    const other = openPage({ storage: storage.copy(), page: second ?? "", waits: true });
    one.start();
    other.start();
    await settle();
    const tabs = [one.settled.tab, other.settled.tab];
    assert.equal(new Set(tabs).size, 2);
    assert.ok(tabs.includes("kept-tab-1"));
  });
}

test("strangers on the channel are ignored", async () => {
  const { openPage, settle } = fakeBrowser();
  const one = openPage({ storage: fakeStorage({ "csw.tab": "kept-tab-1" }) });
  const other = openPage({ storage: fakeStorage({ "csw.tab": "kept-tab-2" }) });
  await settle();
  assert.deepEqual([one.settled.tab, other.settled.tab], ["kept-tab-1", "kept-tab-2"]);
});

test("a spoilt or forbidden profile is none", () => {
  for (const text of ["{", "null", "7", '{"name":3,"color":"red","shareCity":"?"}']) {
    const profile = readProfile(fakeStorage({ "csw.profile": text }), () => 0);
    assert.deepEqual(profile, { name: "", color: COLORS[0], shareCity: true });
  }
  assert.equal(readProfile(FORBIDDEN, () => 0.999).color, COLORS.at(-1));
  assert.equal(readProfile(null, () => 0).name, "");
  rememberProfile(FORBIDDEN, { name: "Ada", color: "#123456", shareCity: true });
});

test("name, colour and the city's hiding are remembered", () => {
  const storage = fakeStorage();
  rememberProfile(storage, { name: "Ada", color: "#123456", shareCity: false });
  assert.deepEqual(readProfile(storage, () => 0), { name: "Ada", color: "#123456", shareCity: false });
});

test("a name is cut to what the server takes", () => {
  const storage = fakeStorage({ "csw.profile": JSON.stringify({ name: ` ${"x".repeat(60)}` }) });
  assert.equal(readProfile(storage, () => 0).name.length, 40);
});

test("every colour offered is one that the server takes", () => {
  assert.equal(new Set(COLORS).size, COLORS.length);
  for (const color of COLORS) assert.match(color, /^#[0-9a-f]{6}$/);
});

test("the time zone is the browser's", () => {
  assert.equal(typeof timeZone(Intl), "string");
});

test("a time zone that the browser tells and does not know itself is none", () => {
  const told = /** @type {any} */ ({
    DateTimeFormat(/** @type {string} */ _locale, /** @type {{timeZone: string} | undefined} */ options) {
      if (options) throw new RangeError(`Invalid time zone specified: ${options.timeZone}`);
      return { resolvedOptions: () => ({ timeZone: "Etc/Unknown" }) };
    },
  });
  assert.equal(timeZone(told), undefined);
});

test("a name is cut between characters, never within one", () => {
  const name = shortName(` ${"a".repeat(39)}😀😀`);
  assert.equal(name, `${"a".repeat(39)}😀`);
});

// @ts-check
/** The page Dashboard: the agreed time here and elsewhere, how good it is, and who else reads it. */

import { readProfile, rememberProfile } from "../room/identity.js";
import { cityOfZone } from "../ui/format.js";
import { mountHerePanel } from "../ui/here-panel.js";
import { mountOffsetPanel } from "../ui/offset-panel.js";
import { mountPeople } from "../ui/people.js";
import { mountSyncPanel } from "../ui/sync-panel.js";
import { mountTrueClock } from "../ui/true-clock.js";
import { mountWorldClocks } from "../ui/world-clocks.js";
import { readsTwelveHours } from "../ui/zone-time.js";
import { byId, calm, intervals, now, storage, timers } from "./browser.js";
import { openClockPage } from "./clock-page.js";

/** @import { Profile } from "../room/identity.js" */

const { clock, timeSync, exchanges, party, loop, timezone, joinAs } = openClockPage();
const zone = timezone ?? "UTC";
const twelveHours = readsTwelveHours();

mountTrueClock({
  root: byId("true-clock", HTMLElement),
  clock,
  party,
  loop,
  wallNow: Date.now,
  zone,
  twelveHours,
  ticking: calm,
});
mountSyncPanel({
  root: byId("sync-panel", HTMLElement),
  clock,
  exchanges,
  party,
  loop,
  now,
  lookAgain: () => timeSync.lookAgain(),
  ...timers,
});
mountWorldClocks({
  root: byId("world", HTMLElement),
  template: byId("piece-zone", HTMLTemplateElement),
  loop,
  civilNowMs: () => clock.civilNow(),
  ownZone: zone,
  knownZones: Intl.supportedValuesOf("timeZone"),
  twelveHours,
  ticking: calm,
  storage: storage("localStorage"),
});
mountOffsetPanel({ root: byId("offset-panel", HTMLElement), clock, exchanges, party, loop, now, calm });
mountPeople({
  list: byId("people", HTMLElement),
  count: byId("people-count", HTMLElement),
  alone: byId("alone", HTMLElement),
  template: byId("piece-person", HTMLTemplateElement),
  party,
  loop,
  civilNowMs: () => clock.civilNow(),
  ...intervals,
});
mountHere();

function mountHere() {
  const store = storage("localStorage");
  let profile = readProfile(store, Math.random);
  /** @param {Partial<Profile>} change */
  const remember = (change) => {
    profile = { ...profile, color: party.state.self?.color ?? profile.color, ...change };
    rememberProfile(store, profile);
  };
  mountHerePanel({
    root: byId("here", HTMLElement),
    party,
    profile,
    city: cityOfZone(zone),
    rename(name) {
      remember({ name });
      party.rename(name, profile.color);
    },
    share(shareCity) {
      remember({ shareCity });
      // Where somebody is, the room asks only at its door.
      const { ticket } = party.state;
      party.leave();
      joinAs(profile, ticket);
    },
  });
}

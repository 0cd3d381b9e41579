// @ts-check
/** What all clock pages share: the socket with its clock, the room `clock` with its people, the bar. */

import { ExchangeLog } from "../clock/exchange-log.js";
import { CLOCK_ROOM } from "../protocol/protocol.js";
import { TabIdentity, readProfile, timeZone } from "../room/identity.js";
import { followPageLife } from "../room/page-life.js";
import { Party } from "../room/party.js";
import { mountClockBar } from "../ui/clock-bar.js";
import { part } from "../ui/dom.js";
import { mountTabs } from "../ui/tabs.js";
import { byId, intervals, newId, newLoop, now, observeSize, readConfig, socketUrl, storage, timers } from "./browser.js";
import { openLink } from "./open-link.js";
import { startTheme } from "./start-theme.js";

/** @import { Profile } from "../room/identity.js" */

/** @typedef {{wsPath: string, workerUrl: string}} ClockConfig */

/** Who has not chosen a name yet. */
const NAMELESS = "Visitor";

/** Opens everything; each clock page calls it once. */
export function openClockPage() {
  /** @type {ClockConfig} */
  const config = readConfig("clock-config");
  const root = document.documentElement;
  const { socket, timeSync, kind } = openLink({
    url: socketUrl(`${config.wsPath}?room=${CLOCK_ROOM}`),
    workerUrl: config.workerUrl,
  });
  const { clock } = timeSync;
  const exchanges = new ExchangeLog();
  timeSync.onExchange((exchange) => exchanges.add(exchange));
  const identity = new TabIdentity({
    storage: storage("sessionStorage"),
    channel: "BroadcastChannel" in window ? new BroadcastChannel("csw-tabs") : null,
    newId,
  });
  const party = new Party({ socket, clock, now, newRef: newId, tab: () => identity.tab, ...timers });
  const timezone = timeZone(Intl);

  /**
   * Joins as somebody.
   * @param {Profile} profile
   * @param {string | null} [ticket] of an earlier stay, to be the same person
   */
  const joinAs = ({ name, color, shareCity }, ticket) => {
    const who = { roomId: CLOCK_ROOM, name: name || NAMELESS, color, shareCity };
    party.join({ ...who, ...(timezone && { timezone }), ...(ticket && { ticket }) });
  };

  startTheme();
  followPageLife({ window, document, socket, onReturn: () => timeSync.becameVisible() });
  const bar = byId("clock-bar", HTMLElement);
  mountTabs({ row: part(bar, "tabs"), observeSize });
  mountClockBar({ root: bar, party, clock, now, retry: () => socket.online(), ...intervals });
  void kind.then((home) => (root.dataset.link = home));
  clock.onChange(({ locked }) => (root.dataset.clock = locked ? "locked" : "setting"));
  root.dataset.clock = "setting";
  root.dataset.phase = party.state.phase;
  party.subscribe(({ phase }) => (root.dataset.phase = phase));
  void identity.ready(timers.setTimeout).then(() => joinAs(readProfile(storage("localStorage"), Math.random)));

  // For measurements from outside, and for the curious at the console.
  Object.assign(globalThis, {
    readClock: () => ({
      localMs: now(),
      mediaMs: clock.now(),
      civilMs: clock.civilNow(),
      boundMs: clock.boundMs,
      skewPpm: clock.skewPpm,
      locked: clock.locked,
    }),
  });

  return { config, socket, timeSync, clock, exchanges, party, loop: newLoop(), timezone, joinAs };
}

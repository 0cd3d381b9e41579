// @ts-check
/** The room page: builds clock, socket, party, player and ui, and connects them. */

import { HtmlPlayer } from "../playback/html-player.js";
import { isReadyFor } from "../playback/readiness.js";
import { Steering } from "../playback/steering.js";
import { COLORS, TabIdentity, readProfile, rememberProfile, shortName, timeZone } from "../room/identity.js";
import { followPageLife } from "../room/page-life.js";
import { remember } from "../room/remember.js";
import { Party } from "../room/party.js";
import { mountDoor } from "../ui/door.js";
import { asksPassword, mountGone, passwordWords, secondsLeft } from "../ui/gone.js";
import { when } from "../ui/banner.js";
import { mountViewer, reportable } from "../ui/viewer.js";
import { byId, engine, intervals, newId, now, readConfig, socketUrl, storage, timers } from "./browser.js";
import { openLink } from "./open-link.js";
import { mountRoomUi } from "./room-ui.js";
import { startTheme } from "./start-theme.js";

/** @import { SyncConfig } from "../playback/follower.js" */
/** @import { Source, SourceRequest } from "../protocol/protocol.js" */
/** @import { Profile } from "../room/identity.js" */
/** @import { Gone } from "../room/party-state.js" */

/**
 * @typedef {object} RoomConfig
 * @property {string} slug
 * @property {string} wsPath
 * @property {string} workerUrl
 * @property {boolean} closed
 * @property {SyncConfig} sync
 * @property {Source | null} source
 * @property {SourceRequest} demo
 */

/** @type {RoomConfig} */
const config = readConfig("room-config");
const root = document.documentElement;
const local = storage("localStorage");
const video = byId("video", HTMLVideoElement);

const link = openLink({
  url: socketUrl(`${config.wsPath}?room=${encodeURIComponent(config.slug)}`),
  workerUrl: config.workerUrl,
});
const { socket, timeSync } = link;
const { clock } = timeSync;
const identity = new TabIdentity({
  storage: storage("sessionStorage"),
  channel: "BroadcastChannel" in window ? new BroadcastChannel("csw-tabs") : null,
  newId,
});
const party = new Party({ socket, clock, now, newRef: newId, tab: () => identity.tab, ...timers });
const player = new HtmlPlayer(video, { toLocal: (pageMs) => performance.timeOrigin + pageMs });
const isHidden = () => document.visibilityState === "hidden";
const steering = new Steering({
  player,
  clock,
  playhead: () => party.playhead(),
  config: config.sync,
  now,
  engine: engine(),
  isHidden,
  onStep: (status) => {
    const report = reportable(status);
    if (report && clock.locked) party.reportStatus(report);
    party.reportReady((waiting) => isReadyFor(waiting, player));
  },
  ...timers,
});

const release = () => byId("stage", HTMLElement).focus({ preventScroll: true });

startTheme();
party.setPositionSource(() => (video.readyState > 0 ? steering.intentPositionS() : null));
startHygiene();
const viewer = mountViewer({
  video,
  player,
  steering,
  party,
  soundButton: byId("with-sound", HTMLButtonElement),
  soundLabel: /** @type {HTMLElement} */ (byId("with-sound", HTMLButtonElement).querySelector("[data-part='label']")),
  release,
  isHidden,
});
mountRoomUi({ config, party, clock, socket, steering, video, viewer, local });
startDoor();

/** Coming back to the page and to the network, and leaving. */
function startHygiene() {
  followPageLife({
    window,
    document,
    socket,
    onReturn: () => {
      timeSync.becameVisible();
      steering.kick();
    },
  });
  void link.kind.then((kind) => (root.dataset.link = kind));
  root.dataset.phase = party.state.phase;
  party.subscribe(({ phase }) => (root.dataset.phase = phase));
}

function startDoor() {
  const timezone = timeZone(Intl);
  const remembered = readProfile(local, Math.random);
  const asked = shortName(new URLSearchParams(location.search).get("name") ?? "");
  const profile = asked ? { ...remembered, name: asked } : remembered;

  const tickets = storage("sessionStorage");
  const ticketKey = `csw.ticket.${config.slug}`;
  /** A reload of this tab comes in again past lock and password. */
  const ticket = () => tickets?.getItem(ticketKey) || undefined;

  /** @param {Profile} as @param {string} [password] */
  const enter = async ({ name, color, shareCity }, password) => {
    door.wait(true);
    await identity.ready(timers.setTimeout);
    const secrets = { ticket: party.state.ticket ?? ticket(), ...(password && { password }) };
    party.join({ roomId: config.slug, name, color, shareCity, ...secrets, ...(timezone && { timezone }) });
  };
  const door = mountDoor({
    root: byId("door", HTMLElement),
    swatch: byId("piece-swatch", HTMLTemplateElement),
    colors: COLORS,
    profile,
    timezone: timezone ?? "",
    join: (chosen, password) => {
      viewer.prime();
      rememberProfile(local, chosen);
      last = chosen;
      void enter(chosen, password);
    },
  });
  let last = profile;

  /** The refusal that the door has answered already. @type {Gone | null} */
  let heard = null;
  const draw = () => {
    const { phase, retryAtMs, gone } = party.state;
    const locked = phase === "gone" && asksPassword(gone) ? gone : null;
    const outside = phase === "idle" || phase === "connecting" || locked !== null;
    door.show(outside && !config.closed);
    door.wait(phase === "connecting");
    if (locked) door.holdBack(secondsLeft(locked, now()));
    if (locked && locked !== heard) {
      door.complain("");
      door.askPassword(passwordWords(locked));
    }
    if (locked) heard = locked;
    if (phase === "connecting") door.complain(retryAtMs === null ? "" : `The room can’t be reached just now. ${when(retryAtMs, now())}`);
  };
  party.subscribe(draw);
  party.on("joined", () => {
    door.forgetPassword();
    remember(tickets, ticketKey, party.state.ticket ?? "");
  });
  /** The room was left for a page of one button, which leaves in its turn. */
  let wasGone = false;
  party.on("left", () => (wasGone = true));
  party.on("joined", ({ again }) => {
    if (!again || wasGone) release();
    wasGone = false;
  });
  party.on("refusal", ({ message }) => party.state.phase === "idle" && door.complain(message));
  intervals.setInterval(() => (party.state.phase === "connecting" || heard !== null) && draw(), 1000);
  mountGone({
    root: byId("gone", HTMLElement),
    party,
    again: () => void enter(last),
    clear: (then) => {
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
      // As long as it lasts, nothing outside of it takes the keyboard.
      if (document.fullscreenElement) void document.exitFullscreen().finally(then);
      else then();
    },
    already: config.closed ? { code: 4410, errorCode: null, message: "", reason: null, retryAtMs: null } : null,
    now,
    ...intervals,
  });

  viewer.load(config.source);
  if (config.closed) door.show(false);
  else if (asked) void enter(last);
}

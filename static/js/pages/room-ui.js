// @ts-check
/** Mounts every part of the room's interface on its elements. */

import { positionAt, fromVideoState } from "../playback/playhead.js";
import { mountAnnouncer } from "../ui/announcer.js";
import { mountBanner } from "../ui/banner.js";
import { mountCompany } from "../ui/company.js";
import { mountControlGate } from "../ui/control-gate.js";
import { mountControls } from "../ui/controls.js";
import { mountCountdown } from "../ui/countdown.js";
import { mountFilmState } from "../ui/film-state.js";
import { mountBackdrop, mountInvite } from "../ui/invite.js";
import { mountKeyboard } from "../ui/keyboard.js";
import { mountMoment } from "../ui/moment.js";
import { Nudge } from "../ui/nudge.js";
import { mountOthers } from "../ui/others.js";
import { mountOwnSettings } from "../ui/own-settings.js";
import { loadedTo, mountSeek } from "../ui/seek.js";
import { mountSourceDialog } from "../ui/source-dialog.js";
import { mountSyncStatus } from "../ui/sync-status.js";
import { mountTheatre } from "../ui/theatre.js";
import { mountVolume } from "../ui/volume.js";
import { mountWaitingCard } from "../ui/waiting-card.js";
import { byId, intervals, newLoop, now, timers } from "./browser.js";
import { mountPeopleUi } from "./people-ui.js";
import { mountRailUi } from "./rail-ui.js";
import { mountHands } from "./room-hands.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Steering } from "../playback/steering.js" */
/** @import { SourceRequest } from "../protocol/protocol.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Refusal } from "../room/refusals.js" */
/** @import { SocketPort } from "../room/socket.js" */

/** From this width on there is a rail, and so a theatre without it; room.css says the same. */
const WIDE = "(min-width: 900px)";

/**
 * @param {object} parts
 * @param {{slug: string, demo: SourceRequest}} parts.config
 * @param {Party} parts.party
 * @param {MediaClock} parts.clock
 * @param {SocketPort} parts.socket
 * @param {Steering} parts.steering
 * @param {HTMLVideoElement} parts.video
 * @param {{reload: () => void}} parts.viewer
 * @param {Storage | null} parts.local
 */
export function mountRoomUi({ config, party, clock, socket, steering, video, viewer, local }) {
  const loop = newLoop();
  const stage = byId("stage", HTMLElement);
  const release = () => stage.focus({ preventScroll: true });
  const film = byId("film", HTMLElement);
  const controls = byId("controls", HTMLElement);
  const keys = byId("keys-dialog", HTMLDialogElement);

  const positionS = () => {
    const playhead = party.playhead();
    return playhead && positionAt(playhead, clock.now());
  };
  const durationS = () => {
    const known = party.state.video?.duration;
    if (known) return known;
    return Number.isFinite(video.duration) && video.duration > 0 ? video.duration : null;
  };
  const fullscreen = () => toggleFullscreen(stage, video);
  const nudge = new Nudge({
    now,
    where: () => {
      const atS = positionS();
      return atS === null ? null : { positionS: atS, durationS: durationS() };
    },
    seek: (toS) => party.seek(toS),
    ...timers,
  });

  const { announce } = mountAnnouncer({ region: byId("announcer", HTMLElement), now, ...timers });
  /** What says itself that it was refused something: asked before it hears of that, as the moment is mounted first. @type {Array<(refusal: Refusal) => boolean>} */
  const places = [];
  const moment = mountMoment({
    root: byId("moment", HTMLElement),
    party,
    positionAt: (state, atMs) => positionAt(fromVideoState(state), atMs),
    mediaNow: () => clock.now(),
    announce,
    release,
    isTold: (refusal) => places.some((tells) => tells(refusal)),
    ...timers,
  });
  const gate = mountControlGate({ root: byId("controls-why", HTMLElement), party, tell: moment.tell, announce, release });
  const denied = gate.reason;
  const toggle = gate.guarded(() => void (party.playhead()?.playing ? party.pause() : party.play()));
  /** Who plays already is together. */
  const together = gate.guarded(() => void (party.playhead()?.playing || party.startTogether()));
  const jump = gate.guarded((/** @type {number} */ byS) => nudge.press(byS));
  const source = mountSourceDialog({
    denied,
    explain: gate.guarded(() => {}),
    release,
    dialog: byId("source-dialog", HTMLDialogElement),
    opener: byId("source-open", HTMLElement),
    title: byId("source-title", HTMLElement),
    party,
    loop,
    demo: config.demo,
    pageUrl: location.href,
  });
  const volume = mountVolume({ root: controls, video, storage: local });
  const bigPlay = byId("big-play", HTMLButtonElement);
  const sound = byId("with-sound", HTMLButtonElement);
  /** @type {() => void} */
  let redraw = () => {};
  const filmState = mountFilmState({
    root: byId("film-state", HTMLElement),
    video,
    party,
    changeFilm: source.open,
    tryAgain: viewer.reload,
    announce,
    release,
    onChange: () => redraw(),
    ...timers,
  });
  const buttons = mountControls({
    root: controls,
    bigPlay,
    bigTogether: byId("big-together", HTMLButtonElement),
    stage,
    party,
    loop,
    toggle,
    together,
    jump,
    denied,
    toggleFullscreen: fullscreen,
    isFullscreen: () => document.fullscreenElement === stage,
    usable: () => filmState.clear && Boolean(sound.hidden) && party.state.waiting === null,
  });
  redraw = buttons.redraw;
  const mediaNowMs = () => clock.now();
  mountWaitingCard({
    root: byId("waiting", HTMLElement),
    party,
    loop,
    mediaNowMs,
    announce,
    release,
    onChange: redraw,
    ...timers,
  });
  mountCountdown({ root: byId("countdown", HTMLElement), party, loop, mediaNowMs, announce });
  mountSeek({ root: controls, loop, party, positionS, durationS, denied, bufferedToS: () => loadedTo(video.buffered, video.currentTime) });
  const hands = mountHands({ stage, film, controls, video, party, loop, steering, storage: local, toggle, tell: moment.tell, announce });
  places.push(mountPeopleUi({ party, clock, loop, tell: moment.tell, announce }).tells);
  mountCompany({ party, tell: moment.tell, announce, ...timers });
  mountOthers({ root: byId("others", HTMLElement), party, announce });
  mountSyncStatus({
    root: byId("sync", HTMLElement),
    dot: byId("piece-dot", HTMLTemplateElement),
    row: byId("piece-row", HTMLTemplateElement),
    party,
    status: () => steering.status(),
    clock: () => clock,
    now,
    onShown: ({ state, driftMs }) => {
      document.documentElement.dataset.sync = state;
      document.documentElement.dataset.driftMs = driftMs.toFixed(1);
    },
    ...intervals,
  });
  mountOwnSettings({ root: byId("own-settings", HTMLElement), steering, storage: local });
  mountBanner({ root: byId("banner", HTMLElement), party, now, retry: () => socket.connect(), announce, release, ...intervals });
  const wide = matchMedia(WIDE);
  const theatre = mountTheatre({
    button: byId("theatre", HTMLElement),
    room: byId("main", HTMLElement),
    storage: local,
    usable: () => wide.matches && !document.fullscreenElement,
  });
  const chat = mountRailUi({ slug: config.slug, party, loop, local, tell: moment.tell, announce });
  places.push(chat.tells);
  mountInvite({
    dialog: byId("invite-dialog", HTMLDialogElement),
    openers: [byId("invite-open", HTMLElement), byId("alone-invite", HTMLElement)],
    copy: (text) => navigator.clipboard.writeText(text),
    party,
  });

  const help = () => {
    if (!keys.open) keys.showModal();
  };
  mountBackdrop(keys);
  byId("keys-open", HTMLElement).addEventListener("click", help);
  mountKeyboard({
    target: document,
    active: () => party.state.phase === "joined" || party.state.phase === "reconnecting",
    commands: {
      toggle,
      together,
      back10: () => jump(-10),
      forward10: () => jump(10),
      back5: () => jump(-5),
      forward5: () => jump(5),
      mute: volume.toggle,
      theatre: theatre.toggle,
      fullscreen,
      pointers: hands.togglePointers,
      chat: chat.focus,
      help,
    },
    react: hands.sendReaction,
  });
  showInside(party);
}

/**
 * What only makes sense inside the room is shown only there.
 * @param {Party} party
 */
function showInside(party) {
  const parts = ["rail", "rail-toggle", "invite-open", "reactions"].map((id) => byId(id, HTMLElement));
  const draw = () => {
    const inside = party.state.phase === "joined" || party.state.phase === "reconnecting";
    for (const element of parts) element.hidden = !inside;
  };
  draw();
  party.subscribe(draw);
}

/**
 * @param {HTMLElement} stage
 * @param {HTMLVideoElement & {webkitEnterFullscreen?: () => void}} video iPhones only know the film itself
 */
function toggleFullscreen(stage, video) {
  if (document.fullscreenElement) void document.exitFullscreen();
  else if (stage.requestFullscreen) stage.requestFullscreen().catch(() => undefined); // Refused: nothing changes.
  else video.webkitEnterFullscreen?.();
}

// @ts-check
/** Keeps the film element on the party: loads the source, steers, passes on media keys, asks for the gesture that sound needs. */

import { listen, say, setIcon, stopAll } from "./dom.js";
import { keepKeyboard } from "./keep-keyboard.js";

/** @import { HtmlPlayer } from "../playback/html-player.js" */
/** @import { Status } from "../protocol/protocol.js" */
/** @import { OwnStatus, Steering } from "../playback/steering.js" */
/** @import { Party } from "../room/party.js" */

/**
 * @param {object} needs
 * @param {HTMLVideoElement} needs.video
 * @param {HtmlPlayer} needs.player
 * @param {Steering} needs.steering
 * @param {Party} needs.party
 * @param {HTMLButtonElement} needs.soundButton "Play with sound"
 * @param {HTMLElement} needs.soundLabel
 * @param {() => void} needs.release gives the keyboard back to the film when the button goes
 * @param {() => boolean} needs.isHidden
 */
export function mountViewer({ video, player, steering, party, soundButton, soundLabel, release, isHidden }) {
  let loadedUrl = "";
  /** @type {unknown} */
  let followed = null;
  /** We silenced the film because the browser asked for it; the viewer did not. */
  let silencedByUs = false;

  /** @param {{url: string, poster: string | null} | null} source */
  const load = (source) => {
    const url = source?.url ?? "";
    if (url === loadedUrl) return;
    loadedUrl = url;
    if (source?.poster) video.poster = source.poster;
    else video.removeAttribute("poster");
    if (url) video.src = url;
    else video.removeAttribute("src");
    video.load();
    steering.sourceChanged();
  };

  const drawSound = () => {
    if (!video.muted) silencedByUs = false;
    const isWanted = party.state.phase === "joined" && (silencedByUs || steering.blocked);
    keepKeyboard(soundButton, () => (soundButton.hidden = !isWanted), release);
    say(soundLabel, steering.blocked && !silencedByUs ? "Play" : "Play with sound");
    setIcon(soundButton, "icon-sound");
  };

  const refused = async () => {
    // Without sound nearly every browser plays: better in step and silent than not at all.
    if (!video.muted) {
      silencedByUs = true;
      video.muted = true;
      await steering.unblock();
      if (steering.blocked) {
        silencedByUs = false;
        video.muted = false;
      }
    }
    drawSound();
  };

  /** The source whose length we have told the room. */
  let told = "";
  const tellDuration = () => {
    const { video: state, waiting } = party.state;
    const source = state?.source;
    const durationS = player.durationS;
    // While the room waits, the same message says that we are ready.
    if (waiting || !source || source.id === told || source.url !== loadedUrl || durationS === null) return;
    if (video.readyState === 0) return;
    told = source.id;
    party.tellDuration(durationS);
  };

  const follow = () => {
    const { phase, video: state } = party.state;
    if (phase === "joined" || phase === "reconnecting") {
      load(state?.source ?? null);
      steering.start();
      // Who comes and how they fare concerns no player; a new state does, at once.
      if (state !== followed) steering.kick();
      followed = state;
      tellDuration();
    } else {
      steering.stop();
      if (!video.paused) player.pause();
    }
    drawSound();
  };

  return {
    load,
    /** Inside the door's click: Safari lets later plays through only where one began in a gesture. */
    prime() {
      video.play().catch(() => {
        // Stopped at once, or refused: the follower starts it when the room says so.
      });
      video.pause();
    },
    /** Loads the same film once more after a failure. */
    reload() {
      video.load();
      steering.sourceChanged();
    },
    ...stopAll([
      party.subscribe(follow),
      party.on("control", () => steering.cooldown()),
      party.on("settled", () => steering.cooldown(0)),
      listen(player, "ready", tellDuration),
      listen(player, "blocked", () => void refused()),
      listen(player, "userplay", () => party.play()),
      // Phones pause what they put aside: that must not stop the film for everyone.
      listen(player, "userpause", () => isHidden() || party.pause()),
      listen(player, "userseek", (/** @type {CustomEvent<{positionS: number}>} */ { detail }) => party.seek(detail.positionS)),
      listen(video, "volumechange", drawSound),
      listen(video, "playing", drawSound),
      listen(soundButton, "click", () => {
        video.muted = false;
        void steering.unblock().then(drawSound);
      }),
      () => steering.stop(),
    ]),
  };
}

/**
 * What may be said to the room: the wire carries finite figures only, and nothing that is the viewer's own affair.
 * @param {OwnStatus} status
 * @returns {Status | null} null: nothing worth saying yet
 */
export function reportable({ rateRefused, ...status }) {
  const { driftMs, boundMs, rttMs, bufferS, startMs } = status;
  if (![driftMs, boundMs, rttMs, bufferS, startMs].every(Number.isFinite)) return null;
  return { ...status, startMs: Math.max(0, startMs) };
}

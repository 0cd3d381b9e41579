// @ts-check
/** Loudness, which is everybody's own: remembered here, never sent. */

import { remember } from "../room/remember.js";
import { listen, need, setIcon, stopAll } from "./dom.js";

const VOLUME_KEY = "csw-volume";

/**
 * @param {object} needs
 * @param {HTMLElement} needs.root
 * @param {HTMLVideoElement} needs.video
 * @param {Storage | null} needs.storage
 */
export function mountVolume({ root, video, storage }) {
  const button = need(root, "#mute", HTMLButtonElement);
  const slider = need(root, "#volume", HTMLInputElement);

  const draw = () => {
    const silent = video.muted || video.volume === 0;
    setIcon(button, silent ? "icon-muted" : "icon-sound");
    button.setAttribute("aria-pressed", String(silent));
    const percent = silent ? 0 : Math.round(video.volume * 100);
    slider.value = String(percent);
    slider.style.setProperty("--share", `${percent}%`);
    slider.setAttribute("aria-valuetext", silent ? "muted" : `${percent} percent`);
  };
  const toggle = () => {
    if (video.volume === 0) video.volume = 0.5;
    else video.muted = !video.muted;
  };

  const remembered = Number(storage?.getItem(VOLUME_KEY) ?? 1);
  if (remembered > 0 && remembered <= 1) video.volume = remembered;
  draw();
  return {
    toggle,
    ...stopAll([
      listen(video, "volumechange", draw),
      listen(button, "click", toggle),
      listen(slider, "input", () => {
        video.volume = slider.valueAsNumber / 100;
        video.muted = video.volume === 0;
      }),
      listen(slider, "change", () => {
        if (video.volume > 0) remember(storage, VOLUME_KEY, String(video.volume));
      }),
    ]),
  };
}

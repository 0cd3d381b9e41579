// @ts-check
/** The picture inside its black bars: measured when something changes, not at each frame, and the layers laid exactly over it. */

import { listen, stopAll } from "./dom.js";
import { pictureRect, toPercent } from "./geometry.js";

/** @import { Place } from "./glide.js" */

/**
 * @param {object} needs
 * @param {HTMLElement} needs.film as large as the film element within
 * @param {HTMLVideoElement} needs.video
 * @param {readonly HTMLElement[]} needs.layers in the film; they take the picture's place and size
 * @param {(element: Element, run: () => void) => () => void} needs.observeSize
 */
export function mountFrame({ film, video, layers, observeSize }) {
  let rect = pictureRect({ left: 0, top: 0, width: 0, height: 0 }, 0, 0);
  const measure = () => {
    rect = pictureRect({ left: 0, top: 0, width: film.clientWidth, height: film.clientHeight }, video.videoWidth, video.videoHeight);
    for (const { style } of layers) {
      style.left = `${rect.left.toFixed(1)}px`;
      style.top = `${rect.top.toFixed(1)}px`;
      style.width = `${rect.width.toFixed(1)}px`;
      style.height = `${rect.height.toFixed(1)}px`;
    }
  };
  return {
    /** @returns {{width: number, height: number}} of the picture and so of each layer, in pixels */
    size: () => rect,
    /**
     * @param {{clientX: number, clientY: number}} event
     * @returns {Place | null} null: beside the picture
     */
    placeOf({ clientX, clientY }) {
      const box = film.getBoundingClientRect();
      return toPercent(rect, clientX - box.left, clientY - box.top);
    },
    // A film of another shape tells it by `resize`; while none is there, `emptied` returns to the usual one.
    ...stopAll([observeSize(film, measure), listen(video, "resize", measure), listen(video, "emptied", measure)]),
  };
}

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
 * @param {() => void} needs.onMeasured what is drawn in pixels is elsewhere now
 */
export function mountFrame({ film, video, layers, observeSize, onMeasured }) {
  let rect = { ...pictureRect({ left: 0, top: 0, width: 0, height: 0 }, 0, 0), filmWidth: 0, filmHeight: 0 };
  const measure = () => {
    const [filmWidth, filmHeight] = [film.clientWidth, film.clientHeight];
    rect = { ...pictureRect({ left: 0, top: 0, width: filmWidth, height: filmHeight }, video.videoWidth, video.videoHeight), filmWidth, filmHeight };
    for (const { style } of layers) {
      style.left = `${rect.left.toFixed(1)}px`;
      style.top = `${rect.top.toFixed(1)}px`;
      style.width = `${rect.width.toFixed(1)}px`;
      style.height = `${rect.height.toFixed(1)}px`;
    }
    onMeasured();
  };
  return {
    /** The picture's place in the film, which is each layer's, and the film's size; pixels. */
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

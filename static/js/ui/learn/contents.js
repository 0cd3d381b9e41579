// @ts-check
/** The table of contents that shows where the reader is. */

import { listen, say, stopAll } from "../dom.js";

/** @import { FrameLoop } from "../loop.js" */

/** A chapter counts as read from when its head has passed this share of the window. */
const READING_LINE = 0.35;

/**
 * The last chapter whose head lies above the line; the first before any does.
 * @param {readonly number[]} tops in the order of the page
 * @param {number} lineY
 */
export function chapterAt(tops, lineY) {
  return Math.max(0, tops.findLastIndex((top) => top <= lineY));
}

/**
 * @param {object} needs
 * @param {readonly HTMLElement[]} needs.chapters
 * @param {readonly HTMLElement[]} needs.lists each with a link to every chapter
 * @param {HTMLDetailsElement} needs.fold the list of narrow screens
 * @param {HTMLElement} needs.place says where the reader is while the fold is closed
 * @param {EventTarget & {innerHeight: number}} needs.window
 * @param {FrameLoop} needs.loop
 */
export function mountContents({ chapters, lists, fold, place, window, loop }) {
  const links = lists.flatMap((list) => [...list.querySelectorAll("a")]);

  const show = () => {
    const tops = chapters.map((chapter) => chapter.getBoundingClientRect().top);
    const here = chapters[chapterAt(tops, window.innerHeight * READING_LINE)];
    for (const link of links) mark(link, link.hash === `#${here?.id}`);
    const current = links.find((link) => link.hash === `#${here?.id}`);
    say(place, current?.textContent ?? "");
  };
  const soon = () => loop.once(show);

  soon();
  return stopAll([
    listen(window, "scroll", soon, { passive: true }),
    listen(window, "resize", soon),
    listen(fold, "click", ({ target }) => {
      if (target instanceof HTMLAnchorElement) fold.open = false;
    }),
  ]);
}

/** @param {HTMLAnchorElement} link @param {boolean} here */
function mark(link, here) {
  if (here) link.setAttribute("aria-current", "location");
  else link.removeAttribute("aria-current");
}

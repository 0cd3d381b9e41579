// @ts-check
/** The tabs of the rail: one panel is open, which one is remembered, arrows move between them. */

import { remember } from "../room/remember.js";
import { listen, stopAll } from "./dom.js";
import { mountRoving } from "./roving.js";

/** @import { Store } from "../room/remember.js" */

const TAB_KEY = "csw-rail-tab";

/**
 * @param {object} needs
 * @param {HTMLElement} needs.row holds elements with role tab, each with the id of its panel in aria-controls
 * @param {(id: string) => HTMLElement} needs.panel by its id
 * @param {Store | null} needs.storage
 */
export function mountRailTabs({ row, panel, storage }) {
  const tabs = /** @type {HTMLElement[]} */ ([...row.querySelectorAll("[role='tab']")]);
  const panelOf = (/** @type {HTMLElement} */ tab) => tab.getAttribute("aria-controls") ?? "";

  /** @param {string} panelId a panel that no tab has changes nothing */
  const show = (panelId) => {
    if (!tabs.some((tab) => panelOf(tab) === panelId)) return;
    for (const tab of tabs) {
      const isOpen = panelOf(tab) === panelId;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      panel(panelOf(tab)).hidden = !isOpen;
    }
  };
  /** @param {string} panelId */
  const choose = (panelId) => {
    show(panelId);
    remember(storage, TAB_KEY, panelId);
  };

  const remembered = storage?.getItem(TAB_KEY) ?? "";
  const first = Math.max(0, tabs.findIndex((tab) => panelOf(tab) === remembered));
  const stopRoving = mountRoving(row, tabs, { first, onMove: (tab) => choose(panelOf(tab)) });
  if (tabs[first]) show(panelOf(tabs[first]));
  return {
    choose,
    ...stopAll([stopRoving, ...tabs.map((tab) => listen(tab, "click", () => choose(panelOf(tab))))]),
  };
}

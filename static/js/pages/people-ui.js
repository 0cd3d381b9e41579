// @ts-check
/** Mounts what concerns the people of a room: list, asks, who may what, settings, and the news of all that. */

import { mountAskFirst } from "../ui/ask-first.js";
import { mountAskList } from "../ui/ask-list.js";
import { mountBans } from "../ui/bans.js";
import { mountHouseNews } from "../ui/house-news.js";
import { mountMemberMenu } from "../ui/member-menu.js";
import { mountPeople } from "../ui/people.js";
import { mountSettingsDialog } from "../ui/settings-dialog.js";
import { mountWaitSwitch } from "../ui/wait-switch.js";
import { byId, intervals } from "./browser.js";

/** @import { MediaClock } from "../clock/media-clock.js" */
/** @import { Party } from "../room/party.js" */
/** @import { Refusal } from "../room/refusals.js" */
/** @import { FrameLoop } from "../ui/loop.js" */

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/**
 * @param {object} parts
 * @param {Party} parts.party
 * @param {Pick<MediaClock, "now" | "civilNow">} parts.clock
 * @param {FrameLoop} parts.loop
 * @param {(sentence: string, act?: (() => void) | null, label?: string) => void} parts.tell over the film
 * @param {(sentence: string) => void} parts.announce
 * @returns {{tells: (refusal: Refusal) => boolean}} whether the dialog says itself that settings were refused
 */
export function mountPeopleUi({ party, clock, loop, tell, announce }) {
  const { ask } = mountAskFirst({ dialog: byId("ask-first", HTMLDialogElement) });
  const list = byId("people", HTMLElement);
  const home = byId("people-panel", HTMLElement);
  const menu = mountMemberMenu({ list, party, ask });
  mountPeople({
    list,
    count: byId("people-count", HTMLElement),
    alone: byId("alone", HTMLElement),
    template: byId("piece-person", HTMLTemplateElement),
    home,
    party,
    loop,
    civilNowMs: () => clock.civilNow(),
    drawMenu: menu.draw,
    ...intervals,
  });
  mountAskList({ list: byId("asks", HTMLElement), template: byId("piece-ask", HTMLTemplateElement), party, home });
  mountBans({
    root: byId("bans", HTMLElement),
    template: byId("piece-ban", HTMLTemplateElement),
    party,
    when: (atMs) => WHEN.format(atMs + clock.civilNow() - clock.now()),
    home,
    announce,
  });
  mountWaitSwitch({ root: byId("wait-for-all", HTMLElement), party });
  const { tells } = mountSettingsDialog({
    dialog: byId("settings-dialog", HTMLDialogElement),
    opener: byId("settings-open", HTMLElement),
    home,
    party,
    ask,
  });
  mountHouseNews({ party, tell, announce });
  return { tells };
}

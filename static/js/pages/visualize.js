// @ts-check
/** The page Visualize: real exchanges drawn to scale, calculated by hand, and all of them in one wedge. */

import { ExchangeChoice } from "../ui/exchange-choice.js";
import { mountExchangePlayer } from "../ui/exchange-player.js";
import { exchangeSteps } from "../ui/exchange-steps.js";
import { mountWedgePlot } from "../ui/wedge-plot.js";
import { byId, calm, now, observeSize, timers } from "./browser.js";
import { openClockPage } from "./clock-page.js";

const { exchanges, timeSync, party, loop, timezone } = openClockPage();
const choice = new ExchangeChoice(exchanges);
const drawSteps = exchangeSteps({ root: byId("steps", HTMLElement), ...(timezone && { timeZone: timezone }) });

/** Size of the drawings' type, which follows the reader's. */
const emPx = () => parseFloat(getComputedStyle(byId("exchange-drawing", SVGSVGElement)).fontSize);

const player = mountExchangePlayer({
  root: byId("exchange", HTMLElement),
  choice,
  exchanges,
  connected: () => party.state.phase === "joined",
  onConnection: (listener) => party.subscribe(listener),
  probe: () => timeSync.lookAgain(),
  onShown: (shown) => {
    drawSteps(shown);
    wedge.redraw();
  },
  loop,
  calm,
  emPx,
  observeSize,
  ...timers,
});

const wedge = mountWedgePlot({
  root: byId("wedge", HTMLElement),
  exchanges,
  shown: () => choice.shown?.number ?? null,
  pick: (number) => player.pick(number),
  loop,
  now,
  emPx,
  observeSize,
});

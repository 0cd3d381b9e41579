// @ts-check
/** The clock pages' way into a room: the forms work without it; the bar does not. */

import { openClockPage } from "./clock-page.js";

openClockPage();

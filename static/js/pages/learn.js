// @ts-check
/** The page Learn. */

import { openClockPage } from "./clock-page.js";

openClockPage();

// @ts-check
/** The page Dashboard. */

import { openClockPage } from "./clock-page.js";

openClockPage();

// @ts-check
/** The page Simulate. */

import { openClockPage } from "./clock-page.js";

openClockPage();

// @ts-check
/** The page Visualize. */

import { openClockPage } from "./clock-page.js";

openClockPage();

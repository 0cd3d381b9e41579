// @ts-check
/** Pages without a script of their own: only the theme switch. */

import { startTheme } from "./start-theme.js";

startTheme();

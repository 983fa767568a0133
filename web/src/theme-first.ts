// Runs before the first paint, so that a dark page does not flash white.

import { remembered } from "./memory";

document.documentElement.dataset.theme = remembered("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

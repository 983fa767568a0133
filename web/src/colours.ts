// Colours of parts, the same as on the printed piano-roll.

import { lineOf } from "./lines";
import type { View } from "./types";

const COLOURS = ["#c8441b", "#d99a06", "#1a8f5c", "#1f66b0", "#b0569a", "#3aa3c9", "#7a6a1e", "#5c5c66"];
/** The same hues, lifted where they would sink into a dark page. */
const AT_NIGHT = ["#ea6f45", "#e6b23a", "#3fb882", "#5b9be0", "#cf7dbb", "#62bede", "#b3a252", "#9c9ca8"];

const isDark = (): boolean => document.documentElement.dataset.theme === "dark";

function partColour(part: number): string {
  const own = isDark() ? AT_NIGHT : COLOURS;
  const known = own[part];
  if (known) return known;
  const hue = Math.round(((part * 0.61803398875) % 1) * 360);
  return `hsl(${hue} 60% ${isDark() ? 62 : [38, 50, 30][part % 3]}%)`;
}

/** Each part has a colour, a part on two staves one for each hand. */
export const noteColour = (view: View, note: { part: number; staff: number }): string =>
  partColour(lineOf(view.parts, note.part, note.staff));

const inks = new Map<string, string>();

/** A value of the style sheet, for what is drawn on a canvas. */
export function ink(name: string): string {
  const key = `${document.documentElement.dataset.theme} ${name}`;
  let found = inks.get(key);
  if (found === undefined) {
    found = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    inks.set(key, found);
  }
  return found;
}

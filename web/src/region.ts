// What the verbs work on: bars that were marked, or those of the selected notes.

import { selectedNotes, state } from "./store";
import { place } from "./time";
import type { Region, View } from "./types";

/** The region in whole bars; null where nothing is selected. */
export function regionNow(): Region | null {
  const view = state.view;
  if (!view) return null;
  if (state.region) return state.region;
  const notes = selectedNotes();
  if (!notes.length) return null;
  const start = Math.min(...notes.map((note) => note.onset));
  const end = Math.max(...notes.map((note) => note.onset + note.duration));
  return { ...wholeBars(view, start, end), parts: [...new Set(notes.map((note) => note.part))].sort((a, b) => a - b) };
}

export function wholeBars(view: View, start: number, end: number): { start: number; end: number } {
  const touched = view.bars.filter((bar) => bar.tick < Math.max(end, start + 1) && bar.end > start);
  return { start: touched[0]?.tick ?? 0, end: touched.at(-1)?.end ?? view.end };
}

export const allParts = (view: View): number[] => view.parts.map((part) => part.index);

/** "bars 3-4, Alto and Tenor". */
export function regionSays(view: View, region: Region): string {
  const first = place(view, region.start).bar;
  const last = place(view, Math.max(region.start, region.end - 1)).bar;
  const bars = first === last ? `bar ${first}` : `bars ${first}–${last}`;
  if (region.parts.length === view.parts.length) return bars;
  const names = region.parts.map((index) => view.parts[index]?.name || `part ${index + 1}`);
  return `${bars}, ${names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0] ?? "no part"}`;
}

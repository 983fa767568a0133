// What the verbs work on: bars that were marked, or those of the selected notes.

import { linesOf, listed, onLine, type Line } from "./lines";
import { selectedNotes, state } from "./store";
import { place } from "./time";
import type { Note, Region, View } from "./types";

/** The region in whole bars; null where nothing is selected. */
export function regionNow(): Region | null {
  const view = state.view;
  if (!view) return null;
  if (state.region) return state.region;
  const notes = selectedNotes();
  if (!notes.length) return null;
  const start = Math.min(...notes.map((note) => note.onset));
  const end = Math.max(...notes.map((note) => note.onset + note.duration));
  const touched = linesOf(view).filter((line) => notes.some((note) => onLine(line, note)));
  return { ...wholeBars(view, start, end), ...partsOf(view, touched) };
}

/** Selected notes, else those of the marked bars. */
export function chosenNotes(): Note[] {
  const { region, view } = state;
  if (state.selected.size || !region || !view) return selectedNotes();
  return view.notes.filter((note) => inRegion(region, note));
}

export function wholeBars(view: View, start: number, end: number): { start: number; end: number } {
  const touched = view.bars.filter((bar) => bar.tick < Math.max(end, start + 1) && bar.end > start);
  return { start: touched[0]?.tick ?? 0, end: touched.at(-1)?.end ?? view.end };
}

export const allParts = (view: View): number[] => view.parts.map((part) => part.index);

/** Lines as the server is told of them: parts and, where only one hand of a single part is meant, its staff. */
export function partsOf(view: View, lines: Line[]): { parts: number[]; staves: number[] } {
  const parts = [...new Set(lines.map((line) => line.part))].sort((a, b) => a - b);
  const hands = lines.map((line) => line.staff).filter((staff) => staff > 0);
  const one = parts.length === 1 && view.parts[parts[0]!]?.staves === 2 && hands.length === 1;
  return { parts, staves: one ? hands : [] };
}

export const inRegion = (region: Region, note: Note): boolean =>
  note.onset >= region.start && note.onset < region.end && hasLine(region, note);

export const hasLine = (region: Region, line: { part: number; staff: number }): boolean =>
  region.parts.includes(line.part) && (!region.staves?.length || line.staff === 0 || region.staves.includes(line.staff));

export const isWhole = (view: View, region: Region): boolean =>
  region.parts.length === view.parts.length && !region.staves?.length;

/** "bars 3-4, Alto and Tenor". */
export function regionSays(view: View, region: Region): string {
  const first = place(view, region.start).bar;
  const last = place(view, Math.max(region.start, region.end - 1)).bar;
  const bars = first === last ? `bar ${first}` : `bars ${first}–${last}`;
  if (isWhole(view, region)) return bars;
  const names = linesOf(view).filter((line) => hasLine(region, line)).map((line) => line.name);
  return `${bars}, ${listed(names) || "no part"}`;
}

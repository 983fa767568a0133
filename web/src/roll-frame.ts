// Where everything on the roll stands: pixels of ticks and pitches, and what lies under the mouse.

import { state } from "./store";
import type { Note } from "./types";

export const GUTTER = 46;
export const RULER = 26;
export const HEAT = 20;
export const TOP = RULER + HEAT;

/** How near the end of a note, in pixels, one takes hold of its length. */
const EDGE = 7;

export const frame = {
  perTick: 1.1,
  lane: 13,
  low: 36,
  high: 84,
  scrollX: 0,
  scrollY: 0,
  width: 600,
  height: 400,
};

/** Shows all pitches; of a piece that is shown already the range only grows, so that the lanes stay where they are. */
export function fitPitches(anew: boolean): void {
  const pitches = state.view?.notes.map((note) => note.pitch) ?? [];
  const low = pitches.length ? Math.min(...pitches) : 60;
  const high = pitches.length ? Math.max(...pitches) : 72;
  const spare = Math.max(7, Math.ceil((25 - (high - low)) / 2));
  if (anew) {
    frame.low = Math.max(0, low - spare);
    frame.high = Math.min(127, high + spare);
    return;
  }
  frame.low = Math.max(0, Math.min(frame.low, low - 4));
  frame.high = Math.min(127, Math.max(frame.high, high + 4));
}

/** More lanes where the pane is higher than they are. */
export function fillPane(): void {
  const room = frame.height - TOP;
  for (let i = 0; (frame.high - frame.low + 1) * frame.lane < room && i < 128; i++) {
    if (i % 2 && frame.low > 0) frame.low -= 1;
    else if (frame.high < 127) frame.high += 1;
  }
}

export const contentWidth = (): number => GUTTER + (state.view?.end ?? 0) * frame.perTick + 160;
export const contentHeight = (): number => TOP + (frame.high - frame.low + 1) * frame.lane;

export const xOf = (tick: number): number => GUTTER + tick * frame.perTick - frame.scrollX;
export const yOf = (pitch: number): number => TOP + (frame.high - pitch) * frame.lane - frame.scrollY;
export const tickOf = (x: number): number => Math.max(0, (x + frame.scrollX - GUTTER) / frame.perTick);
export const pitchOf = (y: number): number =>
  Math.max(0, Math.min(127, frame.high - Math.floor((y + frame.scrollY - TOP) / frame.lane)));

export const snapped = (tick: number): number => Math.floor(tick / state.grid + 1e-6) * state.grid;
export const snappedBy = (ticks: number): number => Math.round(ticks / state.grid) * state.grid;

export interface Hit {
  note: Note;
  edge: boolean;
}

/** The uppermost note at a place; the selected part lies above the others. */
export function hitAt(x: number, y: number): Hit | null {
  if (y < TOP || x < GUTTER) return null;
  const pitch = pitchOf(y);
  const found = (state.view?.notes ?? []).filter((note) => {
    const left = xOf(note.onset);
    return note.pitch === pitch && x >= left && x <= Math.max(left + 5, xOf(note.onset + note.duration));
  });
  const note = found.find((own) => state.selected.has(own.id)) ?? found.find((own) => own.part === state.part) ?? found.at(-1);
  if (!note) return null;
  const width = note.duration * frame.perTick;
  return { note, edge: xOf(note.onset + note.duration) - x < Math.min(EDGE, width / 3) };
}

/** What the mouse is doing to the notes, shown before it is done. */
export const preview = {
  ticks: 0,
  semitones: 0,
  lengthen: 0,
  drawn: null as { onset: number; duration: number; pitch: number } | null,
  band: null as { x0: number; y0: number; x1: number; y1: number } | null,
};

export function clearPreview(): void {
  Object.assign(preview, { ticks: 0, semitones: 0, lengthen: 0, drawn: null, band: null });
}

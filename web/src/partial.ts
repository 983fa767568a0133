// A candidate while it is made: what the server says of it, and the piece that there is so far.

import type { Note, View } from "./types";

/** A note: part, staff, voice, onset, duration, pitch, velocity, grace. */
export type Row = [number, number, number, number, number, number, number, number];

/** A view without its notes, and without what only a piece that is kept has. */
export type Frame = Omit<View, "id" | "title" | "revision" | "canUndo" | "canRedo" | "notes">;

export interface SoFar {
  candidate: number;
  /** How much of the work is done. */
  done: number;
  total: number;
  frame: Frame;
  notes: Row[];
  /** Ticks up to which there are new notes, and up to which they stay as they are. */
  end: number;
  kept: number;
}

export const notesOf = (rows: Row[]): Note[] =>
  rows.map(([part, staff, voice, onset, duration, pitch, velocity, grace], id) => ({ id, part, staff, voice, onset, duration, pitch, velocity, grace }));

/** The piece up to where nothing changes any more. */
export const keptPiece = (frame: Frame, notes: Note[], kept: number): View => ({
  ...frame, id: "", title: "", revision: 0, canUndo: false, canRedo: false, end: kept, notes: notes.filter((note) => note.onset < kept),
});

/** Where the first whole bar after a tick ends; at the end, where there is none. */
export function barAfter(frame: Frame, tick: number): number {
  return (frame.bars.find((bar) => bar.tick >= tick && bar.end - bar.tick >= fullBar(frame)) ?? frame.bars.at(-1))?.end ?? frame.end;
}

/** Ticks of a bar that is no pickup. */
const fullBar = (frame: Frame): number => {
  const meter = frame.meters[0];
  return meter ? (4 * frame.ticksPerQuarter * meter.numerator) / meter.denominator : 0;
};

// Brings what was chosen or written into sight on the roll, by the least movement, and never while the mouse holds something.

import { chosenNotes } from "./region";
import { GUTTER, TOP, frame } from "./roll-frame";
import { mouse } from "./roll-mouse";
import { isDragging } from "./score-mouse";
import { state } from "./store";
import type { Note } from "./types";

/** Lanes that are left free around what had to be brought into sight. */
const AROUND = 2;
/** Pixels before the first note. */
const BEFORE = 30;
/** Share of the way that is gone from one frame of the screen to the next. */
const PACE = 0.3;

/** What was chosen when it was last looked for. */
let chosen = "";
/** Where the roll is going, in pixels from its top; null = it stands still. */
let goal: number | null = null;

/** Where the person scrolls, the roll goes nowhere of itself. */
export const stay = (): void => void (goal = null);

/** The lanes lie so many pixels lower than they did, and are seen where they were. */
export function lower(scroller: HTMLElement, pixels: number): void {
  if (!pixels) return;
  scroller.scrollTop += pixels;
  if (goal !== null) goal += pixels;
}

/** Shows the chosen notes, unless they are those of before. */
export function seeChosen(scroller: HTMLElement): void {
  if (isDragging()) return;
  const notes = chosenNotes();
  const now = notes.length ? [state.view?.id, ...span(notes, (note) => note.pitch), Math.min(...notes.map((note) => note.onset))].join(" ") : "";
  if (now === chosen) return;
  chosen = now;
  if (!notes.length || mouse.down || !frame.height) return;
  seeLanes(scroller, sideways(scroller, notes));
}

const span = (notes: Note[], of: (note: Note) => number): [number, number] =>
  notes.map(of).reduce(([low, high], own) => [Math.min(low, own), Math.max(high, own)], [Infinity, -Infinity]);

/** Turns the roll to the first of these notes where none is in sight; those that then are. */
function sideways(scroller: HTMLElement, notes: Note[]): Note[] {
  const there = (): Note[] => {
    const [from, to] = [scroller.scrollLeft, scroller.scrollLeft + frame.width - GUTTER];
    return notes.filter((note) => note.onset * frame.perTick < to && (note.onset + note.duration) * frame.perTick > from);
  };
  const seen = there();
  if (seen.length || state.playing) return seen;
  scroller.scrollLeft = span(notes, (note) => note.onset)[0] * frame.perTick - BEFORE;
  return there();
}

/** Goes up or down until these notes are in sight or, where they are further apart than the pane is high, fill it. */
function seeLanes(scroller: HTMLElement, notes: Note[]): void {
  if (!notes.length) return;
  const [low, high] = span(notes, (note) => note.pitch);
  const top = (frame.high - high) * frame.lane;
  const bottom = (frame.high - low + 1) * frame.lane;
  const room = frame.height - TOP;
  const at = goal ?? scroller.scrollTop;
  if (top >= at && bottom <= at + room) return;
  const spare = Math.max(0, Math.min(AROUND * frame.lane, (room - bottom + top) / 2));
  if (bottom - top > room) go(scroller, Math.max(top, Math.min(bottom - room, at)));
  else go(scroller, top < at ? top - spare : bottom + spare - room);
}

function go(scroller: HTMLElement, to: number): void {
  const moving = goal !== null;
  goal = to;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    scroller.scrollTop = to;
    goal = null;
  } else if (!moving) requestAnimationFrame(() => step(scroller));
}

function step(scroller: HTMLElement): void {
  if (goal === null || mouse.down) return stay();
  const before = scroller.scrollTop;
  const rest = goal - before;
  scroller.scrollTop += Math.abs(rest) < 2 ? rest : rest * PACE;
  if (Math.abs(rest) < 2 || scroller.scrollTop === before) stay();
  else requestAnimationFrame(() => step(scroller));
}

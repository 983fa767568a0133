// The small roll on a candidate's card: it grows from the left, in the room that the whole piece will take.

import { ink, noteColour } from "./colours";
import type { Frame } from "./partial";
import type { Stretch } from "./shown-bars";
import type { Note, View } from "./types";

/** Lowest and highest pitch that a roll shows at least, so that a growing one need not be redrawn in another size. */
const USUAL: Record<string, [number, number]> = { choir: [41, 77], keyboard: [40, 84], quartet: [43, 86] };

/** How strongly notes are drawn that are not there to stay, and those that the piece has already. */
const PASSING = 0.45;
const GIVEN = 0.3;

/** Of the ground under what is new. */
const TINT = 0.07;

export interface MiniRoll {
  canvas: HTMLCanvasElement;
  /** Pitches that it has room for. */
  low: number;
  high: number;
}

export interface Drawn {
  frame: Frame;
  notes: Note[];
  /** The bars that are shown. */
  shown: Stretch;
  /** Where something is new, if not everywhere. */
  news: Stretch | null;
  /** Ticks up to which notes stay as they are. */
  kept: number;
  /** Whether the piece has a note already. */
  isGiven: (note: Note) => boolean;
}

/** Paints what there is; `playhead` below 0 = nothing is played. */
export function paintMini(roll: MiniRoll, drawn: Drawn | null, playhead: number): void {
  const { canvas } = roll;
  const brush = canvas.getContext("2d");
  if (!brush || !canvas.clientWidth) return;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (!drawn) return;
  const { start, end } = drawn.shown;
  const notes = drawn.notes.filter((note) => note.onset < end && note.onset + note.duration > start);
  makeRoom(roll, drawn.frame, notes);
  const lane = height / (roll.high - roll.low + 3);
  const perTick = width / Math.max(1, end - start);
  if (drawn.news) {
    brush.globalAlpha = TINT;
    brush.fillStyle = ink("--accent");
    brush.fillRect((drawn.news.start - start) * perTick, 0, (Math.min(drawn.news.end, end) - drawn.news.start) * perTick, height);
  }
  for (const note of notes) {
    brush.fillStyle = noteColour(drawn.frame as View, note);
    brush.globalAlpha = drawn.isGiven(note) ? GIVEN : note.onset >= drawn.kept ? PASSING : 1;
    brush.beginPath();
    brush.roundRect((note.onset - start) * perTick, (roll.high + 1 - note.pitch) * lane, Math.max(1.5, note.duration * perTick - 1), Math.max(2, lane - 0.5), 1.5);
    brush.fill();
  }
  brush.globalAlpha = 1;
  if (playhead < start || playhead > end) return;
  brush.fillStyle = ink("--accent");
  brush.fillRect((playhead - start) * perTick - 1, 0, 2, height);
}

/** The room only grows, so that what is drawn stays where it is. */
function makeRoom(roll: MiniRoll, frame: Frame, notes: Note[]): void {
  const [low, high] = USUAL[frame.ensemble ?? ""] ?? [127, 0];
  const pitches = notes.map((note) => note.pitch);
  roll.low = Math.min(roll.low, low, ...pitches);
  roll.high = Math.max(roll.high, high, ...pitches);
}

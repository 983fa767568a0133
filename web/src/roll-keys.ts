// The roll by keyboard alone: walk from note to note, move, lengthen, add and delete.

import { announce } from "./dom";
import { edit } from "./edits";
import { linesOf, onLine } from "./lines";
import { addNote } from "./roll-mouse";
import { chosenNotes } from "./region";
import { roll, setLength } from "./roll-state";
import { select, setPlayhead, setRegion, staffFor, state } from "./store";
import { lengthName, nameAt, placeSays } from "./time";
import type { Note } from "./types";

const STEPS: Record<string, number> = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };

/** Lengths on the number keys, as in most editors of notes: 3 is a sixteenth, 5 a quarter. */
const DIGIT_LENGTHS: Record<string, number> = { "3": 6, "4": 12, "5": 24, "6": 48, "7": 96 };

/** True where the key meant something to the roll. */
export function rollKey(event: KeyboardEvent): boolean {
  if (!state.view) return false;
  const { key } = event;
  const command = event.ctrlKey || event.metaKey;
  if (command && key.toLowerCase() === "a") return select(state.view.notes.map((note) => note.id)), true;
  if (command) return false;
  if (key === "." && !event.altKey) return dot(), true;
  if (key.startsWith("Arrow")) return arrow(event), true;
  if (key === "Delete" || key === "Backspace") return remove(), true;
  if (key === "Escape") return select([]), setRegion(null), true;
  if (key === "Enter") return write(7), true;
  if (key in DIGIT_LENGTHS) return setLength(DIGIT_LENGTHS[key]!), true;
  if (key.toLowerCase() in STEPS && !event.altKey) {
    return write(STEPS[key.toLowerCase()]!), true;
  }
  if (key.toLowerCase() === "r") return announce(`Rest, ${lengthName(roll.length)}, ${placeSays(state.view, state.playhead)}`), advance(), true;
  return false;
}

const snapDown = (tick: number): number => Math.round(tick);

/** Half as long again, or no longer so. */
function dot(): void {
  const dotted = [9, 18, 36, 72, 144].includes(roll.length);
  setLength(dotted ? (roll.length * 2) / 3 : roll.length * 1.5);
}

/** A note of this name at the playhead, which goes on. */
function write(step: number): void {
  const pitch = nearestPitch(step);
  const at = snapDown(state.playhead);
  roll.audition(pitch, state.part, staffFor(pitch));
  announce(`${nameAt(state.view!, pitch, at)}, ${lengthName(roll.length)}, ${placeSays(state.view!, at)}`);
  addNote(at, roll.length, pitch);
  advance();
}

function advance(): void {
  setPlayhead(snapDown(state.playhead) + roll.length);
}

/** The pitch of this name that is nearest to what the part sang last, or sings first. */
function nearestPitch(step: number): number {
  const own = (state.view?.notes ?? []).filter(isOwn).sort((a, b) => a.onset - b.onset);
  const near = own.filter((note) => note.onset < Math.max(1, state.playhead)).at(-1) ?? own[0];
  const last = near?.pitch ?? (state.staff === 2 ? 50 : 67);
  const up = last + ((((step - last) % 12) + 12) % 12);
  return up - last > 6 ? up - 12 : up;
}

/** Of the current part or hand. */
const isOwn = (note: Note): boolean => note.part === state.part && (!state.staff || note.staff === state.staff);

function arrow(event: KeyboardEvent): void {
  const sign = event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : -1;
  const notes = chosenNotes();
  const ids = notes.map((note) => note.id);
  const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
  if (sideways && !event.altKey && !event.shiftKey) return walk(sign);
  if (!ids.length) return;
  if (!sideways) {
    const semitones = sign * (event.shiftKey ? 12 : 1);
    if (notes.some((note) => note.pitch + semitones < 0 || note.pitch + semitones > 127)) return;
    void edit([{ op: "move", ids, ticks: 0, semitones }]);
    roll.audition(notes[0]!.pitch + semitones, notes[0]!.part, notes[0]!.staff);
    announce(nameAt(state.view!, notes[0]!.pitch + semitones, notes[0]!.onset));
  } else if (event.shiftKey) {
    if (notes.every((note) => note.duration + sign * state.grid > 0)) {
      void edit([{ op: "resize", ids, ticks: sign * state.grid }]);
      announce(lengthName(notes[0]!.duration + sign * state.grid));
    }
  } else if (notes.every((note) => note.onset + sign * state.grid >= 0)) {
    void edit([{ op: "move", ids, ticks: sign * state.grid, semitones: 0 }]);
    announce(placeSays(state.view!, notes[0]!.onset + sign * state.grid));
  }
}

function walk(sign: number): void {
  const own = state.view!.notes.filter(isOwn).sort((a, b) => a.onset - b.onset || b.pitch - a.pitch);
  if (!own.length) return;
  const current = own.findIndex((note) => state.selected.has(note.id));
  const near = own.findIndex((note) => note.onset + note.duration > state.playhead);
  const next = current < 0 ? Math.max(0, near) : Math.max(0, Math.min(own.length - 1, current + sign));
  const note = own[next]!;
  select([note.id]);
  if (!state.playing) setPlayhead(note.onset);
  roll.audition(note.pitch, note.part, note.staff);
  announce(noteSays(note));
}

export function noteSays(note: Note): string {
  const part = linesOf(state.view!).find((line) => onLine(line, note))?.name ?? "";
  return `${nameAt(state.view!, note.pitch, note.onset)}, ${lengthName(note.duration)}, ${part}, ${placeSays(state.view!, note.onset)}`;
}

function remove(): void {
  const ids = chosenNotes().map((note) => note.id);
  const n = ids.length;
  if (!n) return;
  void edit([{ op: "delete", ids }]);
  announce(n === 1 ? "Note deleted" : `${n} notes deleted`);
}

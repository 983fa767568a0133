// Copying notes: they are kept within the page, with where they stood to each other.

import { announce } from "./dom";
import { edit } from "./edits";
import { chosenNotes, wholeBars } from "./region";
import { nameNow, setPlayhead, state } from "./store";
import type { Edit, Note, View } from "./types";

interface Copied {
  notes: Note[];
  start: number;
  /** Where the next copy begins when it is appended: the end of its bars if whole bars were marked, else of the last note. */
  end: number;
}

let copied: Copied | null = null;

/** Selected notes, or those of the marked bars. */
function chosen(view: View): Copied | null {
  const { region } = state;
  const notes = chosenNotes();
  if (!notes.length) return null;
  if (region && !state.selected.size) return { notes, ...wholeBars(view, region.start, region.end) };
  const start = Math.min(...notes.map((note) => note.onset));
  const last = Math.max(...notes.map((note) => note.onset + note.duration));
  return { notes, start, end: start + Math.ceil((last - start) / state.grid) * state.grid };
}

const said = (n: number): string => (n === 1 ? "One note" : `${n} notes`);

export function copy(): boolean {
  const found = state.view && chosen(state.view);
  if (!found) return false;
  copied = found;
  announce(`${said(found.notes.length)} copied`);
  return true;
}

export function cut(): boolean {
  if (!copy()) return false;
  void edit([{ op: "delete", ids: copied!.notes.map((note) => note.id) }]);
  return true;
}

/** Puts the copy at the playhead; where its own notes still stand, after them. */
export function paste(): boolean {
  if (!state.view || !copied) return false;
  const { notes, start, end } = copied;
  const standing = new Set(state.view.notes.map((note) => note.id));
  const still = notes.some((note) => standing.has(nameNow(note.id)));
  const wanted = Math.round(state.playhead);
  put(still && wanted >= start && wanted < end ? end : wanted, copied);
  return true;
}

/** The selection once more, right after itself. */
export function duplicate(): boolean {
  const found = state.view && chosen(state.view);
  if (!found) return false;
  put(found.end, found);
  return true;
}

/** All notes keep their parts; those of one part alone go to the current one. */
function put(at: number, { notes, start, end }: Copied): void {
  const view = state.view!;
  const from = new Set(notes.map((note) => note.part));
  const lone = from.size === 1 && !from.has(state.part);
  const edits: Edit[] = notes
    .filter((note) => !note.grace)
    .map((note) => {
      const part = lone ? state.part : Math.min(note.part, view.parts.length - 1);
      const staff = Math.min(note.staff, view.parts[part]!.staves);
      return { op: "add", part, staff, onset: at + note.onset - start, duration: note.duration, pitch: note.pitch, velocity: note.velocity };
    });
  void edit(edits, true);
  if (!state.playing) setPlayhead(at + end - start);
  announce(`${said(edits.length)} pasted`);
}

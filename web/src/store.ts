// The state of the page: one piece, what is selected, where the playhead stands. Views subscribe to what they show.

import { remember } from "./memory";
import type { BarLikelihood, BarOriginality, Fault, Heard, Note, NoteId, Region, View } from "./types";

export type Topic = "reveal" | "view" | "selection" | "playhead" | "marks" | "parts" | "theme" | "busy";

type Listener = () => void;

const listeners = new Map<Topic, Set<Listener>>();

export function on(topics: Topic | Topic[], listener: Listener): void {
  for (const topic of [topics].flat()) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic)!.add(listener);
  }
}

export function tell(topic: Topic): void {
  for (const listener of listeners.get(topic) ?? []) listener();
}

export const state = {
  view: null as View | null,
  /** The same as the server told it last, without edits that it has not answered. */
  answered: null as View | null,
  selected: new Set<NoteId>(),
  /** A stretch of bars, or none; the verbs work on it. */
  region: null as Region | null,
  /** The part that new notes go to. */
  part: 0,
  /** The staff that new notes go to, of a part on two; 0 = by pitch. */
  staff: 0,
  /** Where the caret or the playhead stands, in ticks. */
  playhead: 0,
  playing: false,
  /** Grid of the roll, in ticks. */
  grid: 12,
  /** Mixer and what the network must keep, by line: a part, or a hand of one on two staves. */
  muted: new Set<number>(),
  alone: new Set<number>(),
  volume: new Map<number, number>(),
  kept: new Set<number>(),
  faults: [] as Fault[],
  likelihood: [] as BarLikelihood[],
  originality: [] as BarOriginality[],
  /** What was said of the piece as a whole; null = it has not been looked through. */
  heard: null as Heard | null,
  error: (message: string): void => console.warn(message),
};

/** What was said of a state that is no longer there. */
export function forgetMarks(): void {
  state.faults = [];
  state.likelihood = [];
  state.originality = [];
  state.heard = null;
}

/** Of each piece, the newest state that the server told of. */
export const revisions = new Map<string, number>();

/** Of notes that the page had to name itself, what the server called them. */
export const named = new Map<NoteId, NoteId>();

/** What a note is called by now. */
export const nameNow = (id: NoteId): NoteId => named.get(id) ?? id;

export function setView(view: View, answered = view): void {
  revisions.set(view.id, view.revision);
  const other = state.view?.id !== view.id;
  const players = JSON.stringify(state.view?.parts.map((part) => [part.name, part.staves]));
  const same = !other && players === JSON.stringify(view.parts.map((part) => [part.name, part.staves]));
  state.view = view;
  state.answered = answered;
  if (!same) {
    state.part = state.staff = 0;
    for (const own of [state.muted, state.alone, state.volume, state.kept]) own.clear();
  }
  if (other) {
    state.selected.clear();
    state.region = null;
    state.playhead = 0;
    forgetMarks();
    remember("piece", view.id);
  }
  const ids = new Set(view.notes.map((note) => note.id));
  state.selected = new Set([...state.selected].map(nameNow).filter((id) => ids.has(id)));
  if (state.region && state.region.start >= view.end) state.region = null;
  tell("view");
  tell("selection");
  tell("parts");
}

export const selectedNotes = (): Note[] => state.view?.notes.filter((note) => state.selected.has(note.id)) ?? [];

export function select(ids: Iterable<NoteId>, add = false): void {
  if (!add) state.selected.clear();
  for (const id of ids) state.selected.add(nameNow(id));
  const first = selectedNotes()[0];
  if (first) {
    state.part = first.part;
    state.staff = state.view?.parts[first.part]?.staves === 2 ? first.staff : 0;
    tell("parts");
  }
  tell("selection");
}

/** The staff for a new note of the current part: of two, the one that was chosen, else the lower one below middle C. */
export const staffFor = (pitch: number): number =>
  state.view?.parts[state.part]?.staves === 2 ? state.staff || (pitch < 60 ? 2 : 1) : 1;

/** Whether a line is heard. */
export const isHeard = (line: number): boolean =>
  !state.muted.has(line) && (state.alone.size === 0 || state.alone.has(line));

export function setRegion(region: Region | null): void {
  const moved = region !== null && region.start !== state.region?.start;
  state.region = region;
  if (moved && !state.playing) setPlayhead(region.start);
  tell("selection");
}

export function setPlayhead(tick: number): void {
  state.playhead = Math.max(0, Math.min(tick, state.view?.end ?? 0));
  tell("playhead");
}

// Changes of a piece: shown at once, and sent one after the other, each to the piece that it was made on.

import * as api from "./api";
import { nameNow, named, revisions, setView, state, tell } from "./store";
import type { Edit, Note, NoteId, View } from "./types";
import { reasonOf } from "./wording";

let queue: Promise<unknown> = Promise.resolve();

/** An edit on the page; a new note has a name from the first, so that it can be chosen and changed at once. */
type Shown = Exclude<Edit, { op: "add" }> | (Extract<Edit, { op: "add" }> & { id: NoteId });

/** Edits that are shown, and not yet answered. */
const shown: { id: string; edits: Shown[] }[] = [];

/** Sends a change of the open piece when those before it are answered; null = there was nothing to do, undefined = it failed. */
function inTurn(work: (id: string, revision: number) => Promise<View | null>): Promise<View | null | undefined> {
  const id = state.view?.id;
  if (id === undefined) return Promise.resolve(null);
  const next = queue.then(async () => {
    try {
      const view = await work(id, revisions.get(id)!);
      if (view) received(view);
      return view;
    } catch (cause) {
      state.error(reasonOf(cause));
      await api.openPiece(id).then(received, () => undefined);
      return undefined;
    }
  });
  queue = next;
  return next;
}

/** Shows what the server made of a change, with the edits since; of a piece that is not open any more it is only noted. */
function received(view: View): void {
  revisions.set(view.id, view.revision);
  if (state.view?.id === view.id) setView(withEdits(view, shown.filter((own) => own.id === view.id).flatMap((own) => own.edits)), view);
}

/** Shows the edit at once, and what the server made of it when it answers. */
export async function edit(edits: Edit[], selectNew = false): Promise<void> {
  const before = state.view;
  if (!before || !edits.length) return;
  const mine = { id: before.id, edits: edits.map((own): Shown => (own.op === "add" ? { ...own, id: `new-${++made}` } : own)) };
  const added = mine.edits.flatMap((own) => (own.op === "add" ? [own.id] : []));
  shown.push(mine);
  state.view = withEdits(before, mine.edits);
  if (selectNew) state.selected = new Set(added);
  tell("view");
  tell("selection");
  await inTurn(async (id, revision) => {
    try {
      const sent = mine.edits.flatMap(asSent);
      if (!sent.length) return null;
      const view = await api.sendEdits(id, revision, sent);
      learnNames(added, view);
      return view;
    } finally {
      shown.splice(shown.indexOf(mine), 1);
    }
  });
}

let made = 0;

/** With the server's names; nothing is left of an edit whose notes were refused, which has been said. */
function asSent(edit: Shown): Edit[] {
  if (edit.op === "add") {
    const { id: _, ...sent } = edit;
    return [sent];
  }
  const ids = edit.ids.map(nameNow).filter((id) => typeof id === "number");
  return ids.length ? [{ ...edit, ids }] : [];
}

/** The server numbers new notes upwards, in the order of the edits. */
function learnNames(added: NoteId[], view: View): void {
  const newest = view.notes.map((note) => Number(note.id)).sort((a, b) => a - b).slice(view.notes.length - added.length);
  added.forEach((id, i) => named.set(id, newest[i]!));
}

/** A piece with edits; it grows at once, so that the playhead of who types on beyond its end can go along. */
function withEdits(view: View, edits: Shown[]): View {
  const ends = edits.map((own) => (own.op === "add" ? own.onset + own.duration : 0));
  return { ...view, notes: edits.reduce(applied, view.notes), end: Math.max(view.end, ...ends) };
}

function applied(notes: Note[], edit: Shown): Note[] {
  if (edit.op === "add") {
    const { op: _, ...placed } = edit;
    return [...notes, { velocity: 80, ...placed, voice: 1 }];
  }
  const ids = new Set(edit.ids.map(nameNow));
  if (edit.op === "delete") return notes.filter((note) => !ids.has(note.id));
  return notes.map((note) => {
    if (!ids.has(note.id)) return note;
    if (edit.op === "resize") return { ...note, duration: Math.max(1, note.duration + edit.ticks) };
    return { ...note, onset: note.onset + edit.ticks, pitch: note.pitch + edit.semitones };
  });
}

/** The state before, or the one that was undone; null where there is none. */
export const step = (back: boolean): Promise<View | null | undefined> =>
  inTurn(async (id, revision) => {
    const view = state.view;
    if (view?.id === id && !(back ? view.canUndo : view.canRedo)) return null;
    return (back ? api.undo : api.redo)(id, revision);
  });

/** Another change of the open piece. */
export const change = (work: (id: string, revision: number) => Promise<View>): Promise<View | null | undefined> => inTurn(work);

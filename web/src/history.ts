// Undo and redo, and what they did, said aloud.

import { announce } from "./dom";
import { step } from "./edits";

/** The state before, or the one that was undone. */
export async function stepAndSay(back: boolean): Promise<void> {
  const view = await step(back);
  if (view === null) announce(back ? "There is nothing to undo" : "There is nothing to redo");
  if (!view) return;
  const n = `${view.notes.length} ${view.notes.length === 1 ? "note" : "notes"} in ${view.bars.length} bars`;
  announce(`${back ? "Undone" : "Redone"}: ${n}`);
}

// Undo and redo, and what they did, said aloud.

import { announce } from "./dom";
import { state, step } from "./store";

/** The state before, or the one that was undone. */
export async function stepAndSay(back: boolean): Promise<void> {
  const before = state.view;
  const can = back ? before?.canUndo : before?.canRedo;
  await step(back);
  const view = state.view;
  if (!view) return;
  const n = `${view.notes.length} ${view.notes.length === 1 ? "note" : "notes"} in ${view.bars.length} bars`;
  if (!can) announce(back ? "There is nothing to undo" : "There is nothing to redo");
  else announce(`${back ? "Undone" : "Redone"}: ${n}`);
}

// Which wishes a verb hears, and why one or the verb itself cannot be met here.

import { linesOf, onLine } from "./lines";
import { regionNow } from "./region";
import { state } from "./store";
import type { Verb, View } from "./types";

/** Which wishes a verb listens to. */
export const USES: Record<Verb, string[]> = {
  compose: ["ensemble", "style", "key", "meter", "bars", "form", "temperature"],
  continue: ["ensemble", "style", "bars", "temperature"],
  harmonize: ["ensemble", "style", "key", "temperature", "keep"],
  infill: ["ensemble", "style", "temperature", "keep"],
  vary: ["ensemble", "style", "strength", "temperature", "keep"],
};

const PLAYERS: Record<string, string> = { choir: "a choir", keyboard: "keyboard", quartet: "a string quartet" };

/** Who plays the piece, if that is settled: then a verb cannot choose anybody else. */
export const settled = (verb: Verb, view: View | null): string =>
  verb !== "compose" && view?.ensemble && view.ensemble in PLAYERS ? view.ensemble : "";

export const settledSays = (ensemble: string): string => `The piece is for ${PLAYERS[ensemble]}.`;

/** Sections of a form have one length. */
export function formSays(form: string, bars: number): string {
  const n = form.length;
  return n && bars % n ? `${form} has ${n} sections: ${Math.max(1, Math.floor(bars / n)) * n} or ${(Math.floor(bars / n) + 1) * n} bars fit.` : "";
}

/** Why a verb has nothing to do; "" where it has. */
export function verbSays(verb: Verb): string {
  const view = state.view;
  if (verb === "compose" || !view) return "";
  if (!view.notes.length) return "There are no notes yet. Compose, write some in the roll, or open a file.";
  if (verb === "continue") return "";
  const lines = linesOf(view);
  const kept = lines.filter((line) => state.kept.has(line.index));
  if (verb === "harmonize") {
    const sung = lines.filter((line) => view.notes.some((note) => onLine(line, note)));
    const full = view.ensemble && sung.length === lines.length;
    if (full && !kept.length) return "All parts have notes. Choose under Keep what stays; the others are written anew.";
    if (full && kept.length === lines.length) return "Every part is kept, so none is left to write.";
    return "";
  }
  const region = regionNow();
  if (verb === "infill" && !region) return "Select bars first: click one in the score, or drag over the numbers above the roll.";
  return kept.length === lines.length ? "Every part is kept; let one be open." : "";
}

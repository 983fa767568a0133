// What has a name, a colour and a loudness of its own: a part, or each hand of a part on two staves.

import type { Part, View } from "./types";

export interface Line {
  index: number;
  part: number;
  /** 1 or 2 of a part on two staves; 0 = all of the part. */
  staff: number;
  name: string;
}

const HANDS = ["right hand", "left hand"];

export function linesOf(view: View): Line[] {
  const found: Line[] = [];
  const alone = view.parts.length === 1;
  for (const part of view.parts) {
    const { name } = part;
    if (part.staves !== 2) found.push({ index: found.length, part: part.index, staff: 0, name });
    else for (const [i, hand] of HANDS.entries()) {
      found.push({ index: found.length, part: part.index, staff: i + 1, name: alone ? hand[0]!.toUpperCase() + hand.slice(1) : `${name}, ${hand}` });
    }
  }
  return found;
}

/** The line that a note stands in, by its place among `linesOf`. */
export function lineOf(parts: Part[], part: number, staff: number): number {
  const hands = (of: Part): number => (of.staves === 2 ? 2 : 1);
  const before = parts.slice(0, part).reduce((sum, own) => sum + hands(own), 0);
  return before + (parts[part]?.staves === 2 && staff === 2 ? 1 : 0);
}

export const onLine = (line: Line, note: { part: number; staff: number }): boolean =>
  note.part === line.part && (line.staff === 0 || note.staff === line.staff);

/** "Alto", "Alto and Tenor", "Soprano, Alto and Bass". */
export const listed = (names: string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : (names[0] ?? "");

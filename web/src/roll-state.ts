// What the roll's own controls set: the tool, the length of the next note, and how a pitch is sounded.

import { announce } from "./dom";
import { lengthName } from "./time";

export const roll = {
  tool: "select" as "select" | "draw",
  /** Of the next note, in ticks. */
  length: 24,
  audition: (_pitch: number, _part: number, _staff?: number): void => undefined,
  /** Called when the tool or the length was changed from elsewhere. */
  changed: (): void => undefined,
};

export function setLength(ticks: number): void {
  roll.length = Math.max(3, Math.round(ticks));
  announce(`Next note: ${lengthName(roll.length)}`);
  roll.changed();
}

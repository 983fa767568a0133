// Which bars the small rolls show: of a long piece those that are new, with a few before and after them.

import type { Frame } from "./partial";

/** Bars that are shown before what is new, and after it. */
const AROUND = 2;

/** A piece of so many bars is shown whole. */
const FEW = 12;

/** Ticks. */
export interface Stretch {
  start: number;
  end: number;
}

export interface Shown extends Stretch {
  /** "Bars 3–8 are shown"; nothing where it is the whole piece. */
  says: string;
}

/** `news` = where something is new; null = anywhere. */
export function barsAround({ bars, end }: Pick<Frame, "bars" | "end">, news: Stretch | null): Shown {
  const whole = { start: 0, end, says: "" };
  if (!news || bars.length <= FEW) return whole;
  const touched = bars.flatMap((bar, i) => (bar.tick < news.end && bar.end > news.start ? [i] : []));
  const first = bars[Math.max(0, (touched[0] ?? bars.length) - AROUND)];
  const last = bars[Math.min(bars.length - 1, (touched.at(-1) ?? bars.length) + AROUND)];
  if (!first || !last || (first === bars[0] && last === bars.at(-1))) return whole;
  return { start: first.tick, end: last.end, says: `Bars ${first.number}–${last.number} are shown` };
}

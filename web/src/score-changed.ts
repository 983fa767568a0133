// Of a long piece, the pages that an edit changes are engraved alone, before all are.

import * as api from "./api";
import type { Sheet } from "./score-marks";
import type { Note, Page, View } from "./types";

/** Pages from which all take much longer than one. */
const LONG = 3;

/** More of them than these are left to the engraving of all. */
const MOST = 4;

/** A page that is shown, and the state of the piece that it shows. */
export interface Shown extends Sheet {
  view: View;
}

export const isLong = (sheets: Shown[]): boolean => sheets.length >= LONG;

/** The pages, from 0, on which something was changed; null = they cannot be engraved alone. */
export function changedPages(sheets: Shown[], now: View): number[] | null {
  if (!isLong(sheets)) return null;
  const spans = new Map<View, [number, number][]>();
  for (const { view } of sheets) {
    if (spans.has(view)) continue;
    if (frameOf(view) !== frameOf(now)) return null;
    spans.set(view, changedSpans(view.notes, now.notes));
  }
  return sheets.flatMap(({ page, view }, i) =>
    page.bars.some((bar) => spans.get(view)!.some(([start, end]) => start < bar.end && end > bar.tick)) ? [i] : []);
}

/** What decides with all notes how a piece is broken into lines and pages, and is not of single notes. */
const frameOf = ({ id, title, bars, parts, keys, meters, tempo }: View): string => JSON.stringify([id, title, bars, parts, keys, meters, tempo]);

/** Stretches of time in which notes are others. */
function changedSpans(before: Note[], now: Note[]): [number, number][] {
  const known = new Map(before.map((note) => [note.id, note]));
  const spans: [number, number][] = [];
  const add = (note: Note): void => void spans.push([note.onset, note.onset + Math.max(1, note.duration)]);
  for (const note of now) {
    const old = known.get(note.id);
    known.delete(note.id);
    if (old && looksOf(old) === looksOf(note)) continue;
    add(note);
    if (old) add(old);
  }
  known.forEach(add);
  return spans;
}

const looksOf = ({ part, staff, voice, onset, duration, pitch, grace }: Note): string => [part, staff, voice, onset, duration, pitch, grace].join();

/** Pages that are engraved alone, in this order: those in sight, then others; of many only those in sight. */
export function inOrder(changed: number[], sheets: Shown[], around: DOMRect): number[] {
  const inSight = (i: number): boolean => {
    const { top, bottom } = sheets[i]!.layer.getBoundingClientRect();
    return bottom > around.top && top < around.bottom;
  };
  const seen = changed.filter(inSight);
  return changed.length > MOST ? seen.slice(0, MOST) : [...seen, ...changed.filter((i) => !seen.includes(i))];
}

/** Keeps the music that is in sight where it is, when pages are replaced: to be called before, and what comes back afterwards. */
export function anchor(holder: HTMLElement, before: Shown[]): (after: Shown[]) => void {
  const top = holder.scrollTop;
  const edge = holder.getBoundingClientRect().top;
  const placed = (sheets: Shown[]): { tick: number; top: number; bottom: number }[] =>
    sheets.flatMap(({ page, layer }) => {
      const box = layer.getBoundingClientRect();
      const share = box.height / page.height;
      return page.bars.map((bar) => ({ tick: bar.tick, top: box.top - edge + share * bar.y, bottom: box.top - edge + share * (bar.y + bar.h) }));
    });
  const seen = top > 0 ? placed(before).find((bar) => bar.bottom > 0) : undefined;
  return (after) => {
    holder.scrollTop = top;
    const now = seen && placed(after).find((bar) => bar.tick === seen.tick);
    if (now) holder.scrollTop += now.top - seen.top;
  };
}

/** How a page and the one before it are broken into lines, and where the next line begins and ends. */
export function breaksOf(sheets: Shown[], i: number): api.Breaks {
  const index = new Map(sheets[i]!.view.bars.map((bar, n) => [bar.tick, n]));
  const linesOf = (page: Page): number[] => {
    const firsts = new Map<number, number>();
    for (const bar of page.bars) if (!firsts.has(bar.y)) firsts.set(bar.y, index.get(bar.tick)!);
    return [...firsts.values()];
  };
  const [before, lines, ...later] = [i - 1, i, i + 1, i + 2].map((n) => (sheets[n] ? linesOf(sheets[n].page) : []));
  const [after = index.size, until = index.size] = later.flat();
  return { number: i + 1, before: before!, lines: lines!, after, until };
}

// Ticks, seconds and bars of a piece.

import type { Bar, Meter, View } from "./types";

/** Seconds from the beginning to a tick, at the piece's own tempo. */
export function secondsAt(view: View, tick: number): number {
  const marks = view.tempo.length ? view.tempo : [{ tick: 0, qpm: 96 }];
  let seconds = 0;
  let from = 0;
  let qpm = marks[0]!.qpm;
  for (const mark of marks) {
    if (mark.tick >= tick) break;
    if (mark.tick > from) {
      seconds += ((mark.tick - from) / view.ticksPerQuarter) * (60 / qpm);
      from = mark.tick;
    }
    qpm = mark.qpm;
  }
  return seconds + ((tick - from) / view.ticksPerQuarter) * (60 / qpm);
}

/** The tick that sounds so many seconds after the beginning. */
export function tickAt(view: View, seconds: number): number {
  const marks = view.tempo.length ? view.tempo : [{ tick: 0, qpm: 96 }];
  for (let i = 0; i < marks.length; i++) {
    const start = i === 0 ? 0 : marks[i]!.tick;
    const begun = secondsAt(view, start);
    const next = marks[i + 1];
    if (!next || secondsAt(view, next.tick) > seconds) {
      return start + ((seconds - begun) * marks[i]!.qpm * view.ticksPerQuarter) / 60;
    }
  }
  return 0;
}

export function barAt(view: View, tick: number): Bar | undefined {
  let found = view.bars[0];
  for (const bar of view.bars) if (bar.tick <= tick) found = bar;
  return found;
}

export function meterAt(view: View, tick: number): Meter {
  let found: Meter = view.meters[0] ?? { tick: 0, numerator: 4, denominator: 4 };
  for (const meter of view.meters) if (meter.tick <= tick) found = meter;
  return found;
}

/** Ticks of the beat that the metre writes. */
export const beatTicks = (view: View, meter: Meter): number => (view.ticksPerQuarter * 4) / meter.denominator;

/** "bar 3, beat 2", as a musician counts. */
export function place(view: View, tick: number): { bar: string; beat: number } {
  const bar = barAt(view, tick);
  if (!bar) return { bar: "1", beat: 1 };
  const meter = meterAt(view, bar.tick);
  const beat = beatTicks(view, meter);
  const missing = isPickup(view, bar) ? meter.numerator * beat - (bar.end - bar.tick) : 0;
  return { bar: String(bar.number), beat: Math.floor((tick - bar.tick + missing) / beat) + 1 };
}

const PARTS_OF_A_BEAT: [number, string][] = [[1 / 4, "¼"], [1 / 3, "⅓"], [1 / 2, "½"], [2 / 3, "⅔"], [3 / 4, "¾"]];

/** "bar 3, beat 2½". */
export function placeSays(view: View, tick: number): string {
  const { bar, beat } = place(view, tick);
  const length = beatTicks(view, meterAt(view, tick));
  const into = ((tick - (barAt(view, tick)?.tick ?? 0)) % length) / length;
  const part = PARTS_OF_A_BEAT.find(([share]) => Math.abs(share - into) < 0.01)?.[1] ?? "";
  return `bar ${bar}, beat ${beat}${part}`;
}

function isPickup(view: View, bar: Bar): boolean {
  return bar === view.bars[0] && Number(bar.number) === 0;
}

/** Steps on the line of fifths below the signature at which notes are no longer flats, but sharps: in C, E flat and G sharp. */
const FLATTEST = 3;

/** A pitch as it is called in a key of so many sharps, or of so many flats below 0: "D♯4". */
export function pitchName(pitch: number, fifths = 0): string {
  const flattest = fifths - FLATTEST;
  const place = flattest + ((((7 * pitch - flattest) % 12) + 12) % 12);
  const signs = Math.floor((place + 1) / 7);
  const octave = Math.floor((pitch - signs) / 12) - 1;
  return `${"FCGDAEB"[(place + 1 + 70) % 7]}${signs < 0 ? "♭".repeat(-signs) : signs > 1 ? "𝄪" : "♯".repeat(signs)}${octave}`;
}

/** The name of a pitch at a tick of a piece, by its key there. */
export const nameAt = (view: View, pitch: number, tick: number): string =>
  pitchName(pitch, view.keys.filter((key) => key.tick <= tick).at(-1)?.fifths ?? 0);

const LENGTHS: [number, string][] = [
  [96, "whole note"], [72, "dotted half"], [48, "half note"], [36, "dotted quarter"], [24, "quarter"],
  [18, "dotted eighth"], [12, "eighth"], [8, "eighth triplet"], [6, "sixteenth"], [3, "thirty-second"],
];

export function lengthName(ticks: number): string {
  return LENGTHS.find(([length]) => length === ticks)?.[1] ?? `${ticks} ticks`;
}

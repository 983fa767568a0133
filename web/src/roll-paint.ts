// Draws the roll on its canvas.

import { ink, noteColour } from "./colours";
import { GUTTER, RULER, TOP, frame, preview, xOf, yOf } from "./roll-frame";
import { paintFaults, paintHeat } from "./roll-heat";
import { lineOf } from "./lines";
import { inRegion } from "./region";
import { isHeard, staffFor, state } from "./store";
import { beatTicks, meterAt, pitchName } from "./time";
import type { Note, View } from "./types";

const BLACK = new Set([1, 3, 6, 8, 10]);

export function paintRoll(canvas: HTMLCanvasElement): void {
  const view = state.view;
  const brush = canvas.getContext("2d");
  if (!brush || !view) return;
  const ratio = window.devicePixelRatio || 1;
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.fillStyle = ink("--roll");
  brush.fillRect(0, 0, frame.width, frame.height);
  paintLanes(brush);
  paintGrid(brush, view);
  paintRegion(brush);
  const front = (note: Note): boolean => note.part === state.part && (!state.staff || note.staff === state.staff);
  for (const note of view.notes) if (!front(note)) paintNote(brush, note);
  for (const note of view.notes) if (front(note)) paintNote(brush, note);
  paintPreview(brush);
  paintPlayhead(brush);
  paintKeys(brush);
  paintRuler(brush, view);
}

function paintLanes(brush: CanvasRenderingContext2D): void {
  for (let pitch = frame.low; pitch <= frame.high; pitch++) {
    const y = yOf(pitch);
    if (BLACK.has(pitch % 12)) {
      brush.fillStyle = ink("--roll-black");
      brush.fillRect(GUTTER, y, frame.width, frame.lane);
    }
    if (pitch % 12 === 0 || pitch % 12 === 5) {
      brush.fillStyle = ink(pitch % 12 === 0 ? "--roll-beat" : "--roll-line");
      brush.fillRect(GUTTER, Math.round(y + frame.lane), frame.width, 1);
    }
  }
}

function paintGrid(brush: CanvasRenderingContext2D, view: View): void {
  for (const bar of view.bars) {
    if (xOf(bar.end) < 0 || xOf(bar.tick) > frame.width) continue;
    const beat = beatTicks(view, meterAt(view, bar.tick));
    const fine = state.grid * frame.perTick >= 10;
    if (fine) rules(brush, bar.tick, bar.end, state.grid, "--roll-line");
    rules(brush, bar.tick, bar.end, beat, "--roll-beat");
    rules(brush, bar.tick, bar.tick + 1, 1, "--roll-bar");
  }
  rules(brush, view.end, view.end + 1, 1, "--roll-bar");
  brush.fillStyle = ink("--roll-after");
  brush.fillRect(xOf(view.end) + 1, TOP, frame.width, frame.height);
}

function rules(brush: CanvasRenderingContext2D, from: number, to: number, step: number, colour: string): void {
  brush.fillStyle = ink(colour);
  for (let tick = from; tick < to; tick += step) brush.fillRect(Math.round(xOf(tick)), TOP, 1, frame.height);
}

function paintRegion(brush: CanvasRenderingContext2D): void {
  const region = state.region;
  if (!region) return;
  brush.fillStyle = ink("--region");
  brush.fillRect(xOf(region.start), TOP, (region.end - region.start) * frame.perTick, frame.height);
}

function paintNote(brush: CanvasRenderingContext2D, note: Note): void {
  const selected = state.selected.has(note.id);
  const onset = note.onset + (selected ? preview.ticks : 0);
  const duration = Math.max(1, note.duration + (selected ? preview.lengthen : 0));
  const pitch = note.pitch + (selected ? preview.semitones : 0);
  const x = xOf(onset);
  const width = Math.max(3, duration * frame.perTick - 1.5);
  if (x + width < GUTTER || x > frame.width) return;
  const silent = !isHeard(lineOf(state.view!.parts, note.part, note.staff));
  const sounding = state.playing && state.playhead >= onset && state.playhead < onset + duration;
  const alone = state.region && !inRegion(state.region, { ...note, onset });
  brush.globalAlpha = silent ? 0.25 : alone ? 0.5 : 1;
  block(brush, x, yOf(pitch) + 1, width, frame.lane - 2, noteColour(state.view!, note));
  brush.globalAlpha = 1;
  if (sounding && !silent) block(brush, x, yOf(pitch) + 1, width, frame.lane - 2, ink("--sounding"));
  if (selected) outline(brush, x, yOf(pitch) + 1, width, frame.lane - 2);
}

function block(brush: CanvasRenderingContext2D, x: number, y: number, w: number, h: number, colour: string): void {
  brush.fillStyle = colour;
  brush.beginPath();
  brush.roundRect(x + 0.5, y, w, h, Math.min(3.5, h / 2, w / 2));
  brush.fill();
}

function outline(brush: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  brush.lineWidth = 2;
  brush.strokeStyle = ink("--ink");
  brush.beginPath();
  brush.roundRect(x + 0.5, y, w, h, Math.min(3.5, h / 2, w / 2));
  brush.stroke();
}

function paintPreview(brush: CanvasRenderingContext2D): void {
  const { drawn, band } = preview;
  if (drawn) block(brush, xOf(drawn.onset), yOf(drawn.pitch) + 1, drawn.duration * frame.perTick - 1.5, frame.lane - 2, noteColour(state.view!, { part: state.part, staff: staffFor(drawn.pitch) }));
  if (!band) return;
  brush.fillStyle = ink("--region");
  brush.strokeStyle = ink("--accent");
  brush.lineWidth = 1;
  const box = [Math.min(band.x0, band.x1), Math.min(band.y0, band.y1), Math.abs(band.x1 - band.x0), Math.abs(band.y1 - band.y0)] as const;
  brush.fillRect(...box);
  brush.strokeRect(...box);
}

function paintPlayhead(brush: CanvasRenderingContext2D): void {
  const x = Math.round(xOf(state.playhead));
  if (x < GUTTER) return;
  brush.fillStyle = ink("--accent");
  brush.fillRect(x - 1, RULER, 2, frame.height);
}

function paintKeys(brush: CanvasRenderingContext2D): void {
  brush.fillStyle = ink("--key-white");
  brush.fillRect(0, TOP, GUTTER - 1, frame.height);
  for (let pitch = frame.low; pitch <= frame.high; pitch++) {
    const y = yOf(pitch);
    const black = BLACK.has(pitch % 12);
    if (black) {
      brush.fillStyle = ink("--key-black");
      brush.fillRect(0, y + 0.5, GUTTER * 0.55, frame.lane - 1);
    } else if (pitch % 12 === 0 || pitch % 12 === 5) {
      brush.fillStyle = ink("--roll-beat");
      brush.fillRect(0, Math.round(y + frame.lane), GUTTER - 1, 1);
    }
    if (pitch % 12 === 0 && frame.lane >= 8) label(brush, pitchName(pitch), GUTTER - 6, y + frame.lane / 2, "right");
  }
  brush.fillStyle = ink("--roll-bar");
  brush.fillRect(GUTTER - 1, TOP, 1, frame.height);
}

function label(brush: CanvasRenderingContext2D, said: string, x: number, y: number, align: CanvasTextAlign, colour = "--faint"): void {
  brush.fillStyle = ink(colour);
  brush.font = "11px system-ui, sans-serif";
  brush.textAlign = align;
  brush.textBaseline = "middle";
  brush.fillText(said, x, y);
}

function paintRuler(brush: CanvasRenderingContext2D, view: View): void {
  brush.fillStyle = ink("--surface");
  brush.fillRect(0, 0, frame.width, TOP);
  brush.save();
  brush.beginPath();
  brush.rect(GUTTER, 0, frame.width, TOP);
  brush.clip();
  if (state.region) {
    brush.fillStyle = ink("--region-strong");
    brush.fillRect(xOf(state.region.start), 0, (state.region.end - state.region.start) * frame.perTick, RULER);
  }
  for (const bar of view.bars) label(brush, String(bar.number), xOf(bar.tick) + 5, RULER / 2 + 2, "left", "--muted");
  paintHeat(brush);
  paintFaults(brush);
  const x = xOf(state.playhead);
  brush.fillStyle = ink("--accent");
  brush.beginPath();
  brush.moveTo(x - 6, RULER - 8);
  brush.lineTo(x + 6, RULER - 8);
  brush.lineTo(x, RULER);
  brush.fill();
  brush.restore();
  brush.fillStyle = ink("--roll-bar");
  brush.fillRect(0, TOP - 1, frame.width, 1);
}

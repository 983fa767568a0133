// The mouse on the roll: draw, move, lengthen, select, and mark bars on the ruler.

import { edit } from "./edits";
import { GUTTER, TOP, clearPreview, frame, hitAt, pitchOf, preview, snapped, snappedBy, tickOf, xOf, yOf } from "./roll-frame";
import { allParts, wholeBars } from "./region";
import { seek } from "./player";
import { select, selectedNotes, setPlayhead, setRegion, staffFor, state } from "./store";
import { roll } from "./roll-state";
import type { View } from "./types";

type Gesture = "band" | "draw" | "move" | "resize" | "ruler" | "keys";

interface Drag {
  what: Gesture;
  /** Where it began, in pixels of all that can be scrolled to. */
  x: number;
  y: number;
  tick: number;
  pitch: number;
  moved: boolean;
  before: Set<string | number>;
}

let drag: Drag | null = null;

/** While something is held, the roll must not move under it of itself. */
export const mouse = { down: false };

export function listenToMouse(canvas: HTMLCanvasElement, repaint: () => void): void {
  const at = (event: PointerEvent | MouseEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.view) return;
    canvas.setPointerCapture(event.pointerId);
    mouse.down = true;
    begin(...at(event), event);
    repaint();
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (drag) {
      during(x, y);
      turn.at = [x, y];
      turn.timer ||= window.setInterval(() => scrollOn(canvas.parentElement!, repaint), 30);
    } else canvas.dataset.cursor = cursorAt(x, y);
    if (drag) repaint();
  });
  canvas.addEventListener("pointerup", () => (finish(), rest(), repaint()));
  canvas.addEventListener("pointercancel", () => (rest(), (drag = null), clearPreview(), repaint()));
  canvas.addEventListener("dblclick", (event) => {
    const [x, y] = at(event);
    if (x > GUTTER && y > TOP && !hitAt(x, y)) addNote(snapped(tickOf(x)), roll.length, pitchOf(y));
  });
  canvas.addEventListener("contextmenu", (event) => {
    const hit = hitAt(...at(event));
    if (!hit) return;
    event.preventDefault();
    void edit([{ op: "delete", ids: state.selected.has(hit.note.id) ? [...state.selected] : [hit.note.id] }]);
  });
}

/** The roll moves on while something is held at its edge. */
const turn = { at: [0, 0] as [number, number], timer: 0 };
const EDGE = 24;
const STEP = 14;

function scrollOn(scroller: HTMLElement, repaint: () => void): void {
  if (!drag?.moved || drag.what === "keys") return;
  const [x, y] = turn.at;
  const over = (at: number, low: number, high: number): number => (at < low + EDGE ? -STEP : at > high - EDGE ? STEP : 0);
  const before = [scroller.scrollLeft, scroller.scrollTop];
  scroller.scrollBy(over(x, GUTTER, frame.width), drag.what === "ruler" ? 0 : over(y, TOP, frame.height));
  if (before[0] === scroller.scrollLeft && before[1] === scroller.scrollTop) return;
  [frame.scrollX, frame.scrollY] = [scroller.scrollLeft, scroller.scrollTop];
  during(x, y);
  repaint();
}

function rest(): void {
  mouse.down = false;
  clearInterval(turn.timer);
  turn.timer = 0;
}

function cursorAt(x: number, y: number): string {
  const hit = hitAt(x, y);
  if (hit) return hit.edge ? "edge" : "note";
  return y < TOP ? "ruler" : roll.tool === "draw" ? "draw" : "plain";
}

function begin(x: number, y: number, event: PointerEvent): void {
  const start = (what: Gesture): void => void (drag = { what, x: x + frame.scrollX, y: y + frame.scrollY, tick: tickOf(x), pitch: pitchOf(y), moved: false, before: new Set(state.selected) });
  if (y < TOP) {
    if (event.shiftKey && state.region && state.view) extend(state.view, tickOf(x));
    else seek(Math.min(state.view?.end ?? 0, snappedBy(tickOf(x))));
    return start("ruler");
  }
  if (x < GUTTER) {
    roll.audition(pitchOf(y), state.part, staffFor(pitchOf(y)));
    return start("keys");
  }
  const hit = hitAt(x, y);
  if (hit) {
    if (event.shiftKey || event.ctrlKey || event.metaKey) {
      if (state.selected.has(hit.note.id)) select([...state.selected].filter((id) => id !== hit.note.id));
      else select([hit.note.id], true);
    } else if (!state.selected.has(hit.note.id)) {
      select([hit.note.id]);
    }
    setRegion(null);
    if (!state.playing) setPlayhead(hit.note.onset);
    roll.audition(hit.note.pitch, hit.note.part, hit.note.staff);
    return start(hit.edge ? "resize" : "move");
  }
  if (roll.tool === "draw") {
    const pitch = pitchOf(y);
    if (event.shiftKey) return start("band");
    preview.drawn = { onset: snapped(tickOf(x)), duration: Math.max(3, roll.length), pitch };
    roll.audition(pitch, state.part, staffFor(pitch));
    return start("draw");
  }
  if (!event.shiftKey) select([]);
  setRegion(null);
  start("band");
}

/** Marks all bars from those that are marked to a tick. */
function extend(view: View, tick: number): void {
  const { start, end, parts, staves } = state.region!;
  const bars = wholeBars(view, Math.min(start, tick), Math.max(end, tick + 1));
  setRegion({ ...bars, parts, ...(staves ? { staves } : {}) });
}

function during(x: number, y: number): void {
  if (!drag) return;
  const [goneX, goneY] = [x + frame.scrollX - drag.x, y + frame.scrollY - drag.y];
  if (Math.hypot(goneX, goneY) > 3) drag.moved = true;
  if (!drag.moved) return;
  const ticks = snappedBy(goneX / frame.perTick);
  if (drag.what === "move") {
    const semitones = pitchOf(y) - drag.pitch;
    if (semitones !== preview.semitones) roll.audition((selectedNotes()[0]?.pitch ?? 60) + semitones, state.part, state.staff || 1);
    const first = Math.min(...selectedNotes().map((note) => note.onset));
    Object.assign(preview, { ticks: Math.max(-first, ticks), semitones });
  } else if (drag.what === "resize") {
    const shortest = Math.min(...selectedNotes().map((note) => note.duration));
    preview.lengthen = Math.max(ticks, Math.min(0, state.grid - shortest));
  } else if (drag.what === "draw" && preview.drawn) {
    preview.drawn.duration = Math.max(state.grid, snapped(tickOf(x)) + state.grid - preview.drawn.onset);
  } else if (drag.what === "band") {
    preview.band = { x0: drag.x - frame.scrollX, y0: drag.y - frame.scrollY, x1: x, y1: y };
    select([...drag.before, ...inBand()]);
  } else if (drag.what === "ruler" && state.view) {
    const [from, to] = [drag.tick, tickOf(x)].sort((a, b) => a - b) as [number, number];
    setRegion({ ...wholeBars(state.view, from, to), parts: allParts(state.view) });
  }
}

function inBand(): (string | number)[] {
  const { band } = preview;
  if (!band || !state.view) return [];
  const [left, right] = [Math.min(band.x0, band.x1), Math.max(band.x0, band.x1)];
  const [top, bottom] = [Math.min(band.y0, band.y1), Math.max(band.y0, band.y1)];
  return state.view.notes
    .filter((note) => xOf(note.onset) < right && xOf(note.onset + note.duration) > left)
    .filter((note) => yOf(note.pitch) < bottom && yOf(note.pitch) + frame.lane > top)
    .map((note) => note.id);
}

function finish(): void {
  if (!drag) return;
  const { ticks, semitones, lengthen, drawn } = preview;
  const ids = [...state.selected];
  clearPreview();
  if (drag.what === "move" && (ticks || semitones)) void edit([{ op: "move", ids, ticks, semitones }]);
  if (drag.what === "resize" && lengthen) void edit([{ op: "resize", ids, ticks: lengthen }]);
  if (drag.what === "draw" && drawn) addNote(drawn.onset, drawn.duration, drawn.pitch);
  drag = null;
}

export function addNote(onset: number, duration: number, pitch: number, velocity?: number): void {
  roll.length = duration;
  roll.changed();
  void edit([{ op: "add", part: state.part, staff: staffFor(pitch), onset, duration, pitch, ...(velocity ? { velocity } : {}) }], true);
}

// The mouse and the keys on the engraved page: notes and bars are chosen there as on the roll.

import { announce } from "./dom";
import { audition, seek } from "./player";
import { allParts, inRegion, regionSays } from "./region";
import { noteSays, rollKey } from "./roll-keys";
import { box, type Sheet } from "./score-marks";
import { select, setPlayhead, setRegion, state, tell } from "./store";
import type { Box, NoteId, Page } from "./types";

type Point = [x: number, y: number];
type PageBar = Page["bars"][number];

interface Drag {
  from: Point;
  bar: PageBar | null;
  /** Marked bars that go on being marked. */
  kept: { start: number; end: number } | null;
  before: NoteId[];
  moved: boolean;
}

let drag: Drag | null = null;

/** Pixels that the mouse must go before it drags. */
const STILL = 4;

function pointOn({ page, layer }: Sheet, event: MouseEvent): Point {
  const around = layer.getBoundingClientRect();
  return [((event.clientX - around.left) / around.width) * page.width, ((event.clientY - around.top) / around.height) * page.height];
}

const within = (of: Box, [x, y]: Point, spare = 0): boolean =>
  x >= of.x - spare && x <= of.x + of.w + spare && y >= of.y - spare && y <= of.y + of.h + spare;

/** The bar under a place, or just above or below its staves. */
function barAt({ page }: Sheet, point: Point): PageBar | null {
  const near = (bar: PageBar): boolean => point[0] >= bar.x && point[0] <= bar.x + bar.w && point[1] >= bar.y - page.height / 40 && point[1] <= bar.y + bar.h + page.height / 40;
  return page.bars.find((bar) => within(bar, point)) ?? page.bars.find(near) ?? null;
}

/**
 * A click on a note chooses it, on a bar marks the bar, Shift extends. A rectangle chooses the notes in it; drawn so flat
 * that it only crosses bars, it marks these. A double click plays from there.
 */
export function listenToMouse(sheet: Sheet): void {
  const { layer } = sheet;
  layer.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.view) return;
    const point = pointOn(sheet, event);
    const head = sheet.page.notes.find((own) => within(own, point, 40));
    if (head) return chooseNote(head.id, event.shiftKey || event.ctrlKey || event.metaKey);
    const kept = event.shiftKey && state.region ? { start: state.region.start, end: state.region.end } : null;
    drag = { from: point, bar: barAt(sheet, point), kept, before: event.shiftKey ? [...state.selected] : [], moved: false };
    layer.setPointerCapture(event.pointerId);
  });
  layer.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const pixel = sheet.page.width / layer.getBoundingClientRect().width;
    const point = pointOn(sheet, event);
    if (Math.hypot(point[0] - drag.from[0], point[1] - drag.from[1]) > STILL * pixel) drag.moved = true;
    if (drag.moved) draw(sheet, point);
  });
  layer.addEventListener("pointerup", () => {
    if (drag && !drag.moved) clickOn(drag);
    end(sheet);
  });
  layer.addEventListener("pointercancel", () => end(sheet));
  layer.addEventListener("dblclick", (event) => {
    const bar = barAt(sheet, pointOn(sheet, event));
    if (bar) seek(bar.tick);
  });
}

/** While something is dragged here, the roll must not move for it. */
export const isDragging = (): boolean => drag?.moved ?? false;

function end({ layer }: Sheet): void {
  const moved = isDragging();
  drag = null;
  layer.querySelector(".band")?.remove();
  if (moved) tell("selection");
}

function chooseNote(id: NoteId, add: boolean): void {
  const note = state.view!.notes.find((own) => own.id === id);
  setRegion(null);
  if (add && state.selected.has(id)) select([...state.selected].filter((own) => own !== id));
  else select([id], add);
  if (!note) return;
  if (!state.playing) setPlayhead(note.onset);
  audition(note.pitch, note.part, note.staff);
  announce(noteSays(note));
}

function clickOn({ bar, kept }: Drag): void {
  select([]);
  if (bar) mark(bar, kept ?? bar);
  else setRegion(null);
}

function draw(sheet: Sheet, to: Point): void {
  const { from, bar, kept, before } = drag!;
  const over = barAt(sheet, to);
  sheet.layer.querySelector(".band")?.remove();
  if (bar && over && Math.abs(to[1] - from[1]) < bar.h / 4 && bar.y === over.y) {
    select(before);
    return mark(over, { start: Math.min(bar.tick, kept?.start ?? bar.tick), end: Math.max(bar.end, kept?.end ?? bar.end) });
  }
  const band = { x: Math.min(from[0], to[0]), y: Math.min(from[1], to[1]), w: Math.abs(to[0] - from[0]), h: Math.abs(to[1] - from[1]) };
  setRegion(null);
  select([...before, ...sheet.page.notes.filter((head) => within(band, [head.x + head.w / 2, head.y + head.h / 2])).map((head) => head.id)]);
  sheet.layer.append(box(band, "band"));
}

function mark(bar: { tick: number; end: number }, from: { start?: number; tick?: number; end: number }): void {
  const start = Math.min(from.start ?? from.tick ?? bar.tick, bar.tick);
  setRegion({ start, end: Math.max(from.end, bar.end), parts: allParts(state.view!) });
}

/** On the page, arrows go from bar to bar, with Shift they mark more; what is selected is changed as on the roll. */
export function listenToKeys(holder: HTMLElement): void {
  holder.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !state.view) return;
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const done = turn && !state.selected.size ? walkBars(turn, event.shiftKey) : CHANGES.includes(event.key) && rollKey(event);
    if (done) event.preventDefault();
  });
}

const CHANGES = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Delete", "Backspace", "Escape"];

function walkBars(turn: number, extend: boolean): boolean {
  const view = state.view!;
  const { region } = state;
  const at = region ? (turn > 0 ? region.end - 1 : region.start) : state.playhead;
  const now = view.bars.findIndex((bar) => bar.tick <= at && at < bar.end);
  const next = view.bars[Math.max(0, Math.min(view.bars.length - 1, region ? now + turn : Math.max(0, now)))];
  if (!next) return false;
  if (region && extend) mark(next, region);
  else mark(next, next);
  announce(`${regionSays(view, state.region!)}, ${view.notes.filter((note) => inRegion(state.region!, note)).length} notes`);
  return true;
}

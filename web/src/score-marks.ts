// What is laid over an engraved page: what is selected, faults, surprise, and where the music is.

import { noteColour } from "./colours";
import { severityOf, shownFaults } from "./faults";
import { HEIGHT, sharedOf, surpriseOf, type Level } from "./heat";
import { inRegion, isWhole } from "./region";
import { state } from "./store";
import type { Box, NoteId, Page, View } from "./types";

const SVG = "http://www.w3.org/2000/svg";

export interface Sheet {
  page: Page;
  layer: SVGSVGElement;
}

export function box(of: Box, name: string): SVGRectElement {
  const made = document.createElementNS(SVG, "rect");
  for (const [key, value] of [["x", of.x], ["y", of.y], ["width", of.w], ["height", of.h], ["class", name]] as const) {
    made.setAttribute(key, String(value));
  }
  return made;
}

export function decorate(sheet: Sheet): void {
  const { page, layer } = sheet;
  layer.replaceChildren();
  const { view, region } = state;
  if (!view) return;
  for (const bar of page.bars) {
    if (region && bar.tick >= region.start && bar.end <= region.end) layer.append(box(bar, isWhole(view, region) ? "bar-marked" : "bar-marked part-marked"));
    const heat = state.likelihood.find((own) => own.tick === bar.tick);
    const known = state.originality.find((own) => own.tick === bar.tick);
    const surprise = heat ? surpriseOf(heat) : null;
    if (surprise !== null) layer.append(strip(sheet, bar, "bar-heat", surprise, heat?.why ?? ""));
    const shared = known ? sharedOf(known) : null;
    if (shared) layer.append(strip(sheet, bar, "bar-shared", shared, known?.why ?? ""));
  }
  markFaults(sheet);
  markNotes(sheet);
  cursor(sheet);
}

/** Above a bar how surprising it is, below it how much of it is known music: the higher, the more. */
function strip({ page }: Sheet, bar: Page["bars"][number], name: string, level: Level, why: string): SVGRectElement {
  const height = (HEIGHT[level] * page.height) / 110;
  // The outer lines of the staves stay in sight.
  const apart = page.height / 300;
  const made = box({ x: bar.x, y: name === "bar-heat" ? bar.y - height - apart : bar.y + bar.h + apart, w: bar.w - page.width / 400, h: height }, name);
  made.dataset.level = String(level);
  return titled(made, why);
}

function titled(made: SVGRectElement, said: string): SVGRectElement {
  const title = document.createElementNS(SVG, "title");
  title.textContent = said;
  made.append(title);
  return made;
}

/** Rings around the notes of a fault; where it names none, a box in its bar. */
function markFaults({ page, layer }: Sheet): void {
  const heads = new Map<NoteId, Box>();
  for (const note of page.notes) if (!heads.has(note.id)) heads.set(note.id, note);
  for (const fault of [...shownFaults()].reverse()) {
    const name = `fault fault-${severityOf(fault)}`;
    const known = fault.notes.map((id) => heads.get(id)).filter((head): head is Box => head !== undefined);
    for (const head of known) layer.append(titled(ring(head, name, 60), fault.sentence));
    const bar = page.bars.find((own) => own.tick <= fault.tick && fault.tick < own.end);
    if (!known.length && bar) layer.append(titled(faultBox(page, bar, fault.tick, Math.min(fault.end, bar.end), name), fault.sentence));
  }
}

/** What is selected; of marked bars too, where only some of their parts are meant. */
function markNotes({ page, layer }: Sheet): void {
  const view = state.view!;
  const partly = state.region && !isWhole(view, state.region) ? state.region : null;
  if (!state.selected.size && !partly) return;
  const notes = new Map(view.notes.map((note) => [note.id, note]));
  for (const head of page.notes) {
    const note = notes.get(head.id);
    if (!note || !(state.selected.has(head.id) || (partly && inRegion(partly, note)))) continue;
    const made = ring(head, "note-chosen", 70);
    made.setAttribute("stroke", noteColour(view, note));
    made.setAttribute("fill", noteColour(view, note));
    layer.append(made);
  }
}

function ring(head: Box, name: string, spare: number): SVGRectElement {
  const made = box({ x: head.x - spare, y: head.y - spare, w: head.w + 2 * spare, h: head.h + 2 * spare }, name);
  made.setAttribute("rx", String(head.h / 2 + spare));
  return made;
}

function faultBox(page: Page, bar: Page["bars"][number], tick: number, end: number, name: string): SVGRectElement {
  const share = bar.w / (bar.end - bar.tick);
  const width = Math.max(page.width / 60, (end - tick) * share);
  const made = box({ x: bar.x + (tick - bar.tick) * share, y: bar.y, w: width, h: bar.h }, name);
  made.setAttribute("rx", "120");
  return made;
}

/** The line that goes with the music: between the notes that stand on the page, not merely along the bar. */
export function cursor({ page, layer }: Sheet, holder?: HTMLElement): void {
  const tick = state.playhead;
  const bar = page.bars.find((own) => own.tick <= tick && tick < own.end);
  let line = layer.querySelector<SVGRectElement>(".cursor");
  if (!bar || (!state.playing && tick === 0)) {
    if (bar && holder && !state.playing) holder.scrollTop = 0;
    return line?.remove();
  }
  if (!line) layer.append((line = box({ ...bar, w: page.width / 350 }, "cursor")));
  line.setAttribute("x", String(cursorX(page, bar, tick) - page.width / 700));
  line.setAttribute("y", String(bar.y));
  line.setAttribute("height", String(bar.h));
  if (!holder) return;
  const [seen, around] = [line.getBoundingClientRect(), holder.getBoundingClientRect()];
  if (seen.bottom > around.bottom || seen.top < around.top) holder.scrollBy({ top: seen.top - around.top - 40 });
}

type Column = [tick: number, x: number];

const columns = new WeakMap<Page, { view: View; of: Map<number, Column[]> }>();

/** Where on the page the notes of a bar begin: of each onset its leftmost head, so that a tie's second head is none. */
function columnsOf(page: Page, bar: Page["bars"][number]): Column[] {
  const view = state.view!;
  let known = columns.get(page);
  if (known?.view !== view) columns.set(page, (known = { view, of: new Map() }));
  let found = known.of.get(bar.tick);
  if (found) return found;
  const onsets = new Map(view.notes.map((note) => [note.id, note.onset]));
  const leftmost = new Map<number, number>();
  for (const head of page.notes) {
    const onset = onsets.get(head.id);
    if (onset === undefined || onset < bar.tick || onset >= bar.end) continue;
    leftmost.set(onset, Math.min(leftmost.get(onset) ?? Infinity, head.x + head.w / 2));
  }
  found = [...leftmost].sort((a, b) => a[0] - b[0]);
  known.of.set(bar.tick, found);
  return found;
}

function cursorX(page: Page, bar: Page["bars"][number], tick: number): number {
  let [before, x0, after, x1] = [bar.tick, bar.x, bar.end, bar.x + bar.w];
  for (const [onset, x] of columnsOf(page, bar)) {
    if (onset <= tick) [before, x0] = [onset, x];
    else {
      [after, x1] = [onset, x];
      break;
    }
  }
  return x0 + ((x1 - x0) * (tick - before)) / Math.max(1, after - before);
}

// The engraved pages: pictures from the server, with places to click laid over them.

import * as api from "./api";
import { noteColour, surprise } from "./colours";
import { h, iconButton } from "./dom";
import { allParts, regionNow, regionSays } from "./region";
import { noteSays } from "./roll-keys";
import { seek } from "./player";
import { on, select, setRegion, state } from "./store";
import type { Box, Page } from "./types";

const SVG = "http://www.w3.org/2000/svg";

interface Sheet {
  page: Page;
  layer: SVGSVGElement;
}

let sheets: Sheet[] = [];
let zoom = 1;
let asked = "";
let anchor: { start: number; end: number } | null = null;

function box(of: Box, name: string): SVGRectElement {
  const made = document.createElementNS(SVG, "rect");
  for (const [key, value] of [["x", of.x], ["y", of.y], ["width", of.w], ["height", of.h], ["class", name]] as const) {
    made.setAttribute(key, String(value));
  }
  return made;
}

export function scorePane(): HTMLElement {
  const holder = h("div", { class: "sheets", id: "sheets", tabindex: 0, role: "region", "aria-label": "Engraved score" });
  const note = h("span", { class: "pane-note" });
  const rezoom = (factor: number): void => {
    zoom = Math.max(0.6, Math.min(3, zoom * factor));
    for (const { layer } of sheets) layer.parentElement!.style.width = `${zoom * 100}%`;
  };
  const redraw = (): void => sheets.forEach(decorate);
  on("view", () => void refresh(holder, note, redraw, rezoom));
  on(["selection", "marks", "theme"], redraw);
  on("playhead", () => sheets.forEach((sheet) => cursor(sheet, holder)));
  const tools = h("div", { class: "pane-head" }, h("h2", {}, "Score"), note, selectionSays(), h("span", { class: "spring" }), iconButton("minus", "Smaller", () => rezoom(0.83)), iconButton("plus", "Larger", () => rezoom(1.2)));
  return h("section", { class: "pane score-pane", "aria-label": "Score" }, tools, holder);
}

/** What is selected, in words. */
function selectionSays(): HTMLElement {
  const says = h("span", { class: "pane-note", id: "selection-says" });
  on(["selection", "view"], () => {
    const region = state.view && regionNow();
    const n = state.selected.size;
    const notes = n ? `${n} ${n === 1 ? "note" : "notes"} · ` : "";
    says.textContent = region ? notes + regionSays(state.view!, region) : "";
    says.title = says.textContent;
  });
  return says;
}

/** Asks for the pages of the newest revision; the old ones stay until these are there. */
async function refresh(holder: HTMLElement, note: HTMLElement, redraw: () => void, rezoom: (factor: number) => void): Promise<void> {
  const view = state.view;
  if (!view || asked === `${view.id} ${view.revision}`) return;
  const mine = (asked = `${view.id} ${view.revision}`);
  holder.setAttribute("aria-busy", "true");
  try {
    const answer = await api.pages(view.id, view.revision);
    if (asked !== mine) return;
    const made = answer.pages.map((page, i) => sheetOf(page, api.pageUrl(view.id, i + 1, view.revision), i + 1, answer.pages.length));
    await Promise.all(made.map(({ picture }) => picture.decode().catch(() => undefined)));
    if (asked !== mine) return;
    sheets = made.map(({ page, layer }) => ({ page, layer }));
    const top = holder.scrollTop;
    holder.replaceChildren(...made.map(({ sheet }) => sheet));
    holder.scrollTop = top;
    rezoom(1);
    note.textContent = "";
    redraw();
  } catch (cause) {
    note.textContent = cause instanceof Error ? cause.message : "";
  } finally {
    if (asked === mine) holder.removeAttribute("aria-busy");
  }
}

function sheetOf(page: Page, url: string, n: number, of: number): Sheet & { sheet: HTMLElement; picture: HTMLImageElement } {
  const picture = h("img", { src: url, alt: `Page ${n} of ${of} of the score`, draggable: "false" });
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  layer.setAttribute("class", "layer");
  layer.setAttribute("aria-hidden", "true");
  const made = { page, layer, picture, sheet: h("div", { class: "sheet" }, picture) };
  made.sheet.append(layer);
  listen(made);
  return made;
}

function pointOn({ page, layer }: Sheet, event: MouseEvent): [number, number] {
  const around = layer.getBoundingClientRect();
  return [((event.clientX - around.left) / around.width) * page.width, ((event.clientY - around.top) / around.height) * page.height];
}

const within = (of: Box, [x, y]: [number, number], spare = 0): boolean =>
  x >= of.x - spare && x <= of.x + of.w + spare && y >= of.y - spare && y <= of.y + of.h + spare;

/** Just above or below the staves of a bar. */
const near = (of: Box, [x, y]: [number, number], spare: number): boolean =>
  x >= of.x && x <= of.x + of.w && y >= of.y - spare && y <= of.y + of.h + spare;

/** A click on a note chooses it, on a bar marks the bar; dragging marks the bars it crosses; a double click plays from there. */
function listen(sheet: Sheet): void {
  const barAt = (event: MouseEvent): Page["bars"][number] | undefined => sheet.page.bars.find((bar) => within(bar, pointOn(sheet, event))) ?? sheet.page.bars.find((bar) => near(bar, pointOn(sheet, event), sheet.page.height / 40));
  sheet.layer.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const note = sheet.page.notes.find((own) => within(own, pointOn(sheet, event), 40));
    if (note) {
      setRegion(null);
      select([note.id], event.shiftKey);
      const chosen = state.view?.notes.find((own) => own.id === note.id);
      if (chosen) document.getElementById("says")!.textContent = noteSays(chosen);
      return;
    }
    const bar = barAt(event);
    select([]);
    if (!bar) return setRegion(null);
    if (event.shiftKey && state.region) anchor = { start: state.region.start, end: state.region.end };
    else anchor = { start: bar.tick, end: bar.end };
    mark(bar);
    sheet.layer.setPointerCapture(event.pointerId);
  });
  sheet.layer.addEventListener("pointermove", (event) => {
    const bar = anchor && barAt(event);
    if (bar) mark(bar);
  });
  for (const name of ["pointerup", "pointercancel"]) sheet.layer.addEventListener(name, () => (anchor = null));
  sheet.layer.addEventListener("dblclick", (event) => {
    const bar = barAt(event);
    if (bar) seek(bar.tick);
  });
}

function mark(bar: { tick: number; end: number }): void {
  if (!anchor || !state.view) return;
  setRegion({ start: Math.min(anchor.start, bar.tick), end: Math.max(anchor.end, bar.end), parts: allParts(state.view) });
}

function decorate({ page, layer }: Sheet): void {
  layer.replaceChildren();
  const colours = new Map(state.view?.notes.map((note) => [note.id, noteColour(state.view!, note)]));
  for (const bar of page.bars) {
    const region = state.region;
    if (region && bar.tick >= region.start && bar.end <= region.end) layer.append(box(bar, "bar-marked"));
    const heat = state.likelihood.find((own) => own.tick === bar.tick);
    if (heat && heat.natsPerNote !== null) {
      const strip = box({ x: bar.x, y: bar.y, w: bar.w, h: page.height / 250 }, "bar-heat");
      strip.setAttribute("opacity", (0.08 + 0.92 * surprise(heat.natsPerNote)).toFixed(2));
      layer.append(strip);
    }
    const seen = new Set<number>();
    for (const fault of state.faults) {
      if (fault.tick < bar.tick || fault.tick >= bar.end || seen.has(fault.tick)) continue;
      seen.add(fault.tick);
      layer.append(faultBox(page, bar, fault.tick, Math.min(fault.end, bar.end)));
    }
  }
  for (const note of page.notes) {
    if (!state.selected.has(note.id)) continue;
    const ring = box({ x: note.x - 70, y: note.y - 70, w: note.w + 140, h: note.h + 140 }, "note-chosen");
    ring.setAttribute("rx", String(note.h / 2 + 70));
    ring.setAttribute("stroke", colours.get(note.id) ?? "currentColor");
    ring.setAttribute("fill", colours.get(note.id) ?? "currentColor");
    layer.append(ring);
  }
  cursor({ page, layer });
}

function faultBox(page: Page, bar: Page["bars"][number], tick: number, end: number): SVGRectElement {
  const share = bar.w / (bar.end - bar.tick);
  const width = Math.max(page.width / 60, (end - tick) * share);
  return box({ x: bar.x + (tick - bar.tick) * share, y: bar.y, w: width, h: bar.h }, "fault");
}

/** The line that goes with the music: between the notes that stand on the page, not merely along the bar. */
function cursor({ page, layer }: Sheet, holder?: HTMLElement): void {
  layer.querySelector(".cursor")?.remove();
  const tick = state.playhead;
  const bar = page.bars.find((own) => own.tick <= tick && tick < own.end);
  if (!bar || (!state.playing && tick === 0)) return;
  const line = box({ x: cursorX(page, bar, tick) - page.width / 700, y: bar.y, w: page.width / 350, h: bar.h }, "cursor");
  layer.append(line);
  if (!state.playing || !holder) return;
  const [seen, around] = [line.getBoundingClientRect(), holder.getBoundingClientRect()];
  if (seen.bottom > around.bottom || seen.top < around.top) holder.scrollBy({ top: seen.top - around.top - 40 });
}

function cursorX(page: Page, bar: Page["bars"][number], tick: number): number {
  const onsets = new Map(state.view?.notes.map((note) => [note.id, note.onset]));
  let [before, x0, after, x1] = [bar.tick, bar.x, bar.end, bar.x + bar.w];
  for (const note of page.notes) {
    const onset = onsets.get(note.id);
    if (onset === undefined || onset < bar.tick || onset >= bar.end) continue;
    if (onset <= tick && onset >= before) [before, x0] = [onset, note.x + note.w / 2];
    if (onset > tick && onset < after) [after, x1] = [onset, note.x + note.w / 2];
  }
  return x0 + ((x1 - x0) * (tick - before)) / Math.max(1, after - before);
}

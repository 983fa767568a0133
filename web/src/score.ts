// The engraved pages: pictures from the server, with places to click laid over them.

import * as api from "./api";
import { h, iconButton } from "./dom";
import { selectionSays } from "./saying";
import { cursor, decorate, type Sheet } from "./score-marks";
import { listenToKeys, listenToMouse } from "./score-mouse";
import { on, state } from "./store";
import type { Page, View } from "./types";
import { welcome } from "./welcome";

const SVG = "http://www.w3.org/2000/svg";

let sheets: Sheet[] = [];
let zoom = 1;
let shown = "";
let piece = "";
let busy = false;
/** Somebody wants to see where the playhead stands, once the page is there. */
let wanted = false;
/** In the addresses of pictures: one whose title alone has changed is no new revision, and a browser would not ask again. */
let looks = 0;

export function scorePane(): HTMLElement {
  const holder = h("div", { class: "sheets", id: "sheets", tabindex: 0, role: "region", "aria-label": "Engraved score" });
  const note = h("span", { class: "pane-note" });
  const rezoom = (factor: number): void => {
    zoom = Math.max(0.6, Math.min(3, zoom * factor));
    for (const { layer } of sheets) layer.parentElement!.style.width = `${zoom * 100}%`;
  };
  const redraw = (): void => sheets.forEach(decorate);
  on("view", () => void refresh(holder, note, redraw, rezoom));
  listenToKeys(holder);
  on(["selection", "marks", "theme"], redraw);
  on("playhead", () => sheets.forEach((sheet) => cursor(sheet, holder)));
  on("reveal", () => {
    wanted = true;
    if (!busy) reveal(holder);
  });
  const tools = h("div", { class: "pane-head" }, h("h2", {}, "Score"), note, selectionSays(), h("span", { class: "spring" }), iconButton("minus", "Smaller", () => rezoom(0.83)), iconButton("plus", "Larger", () => rezoom(1.2)));
  return h("section", { class: "pane score-pane", "aria-label": "Score" }, tools, h("div", { class: "score-body" }, holder, welcome()));
}


/** Asks for the pages of the newest revision, one at a time; the old ones stay until these are there. */
async function refresh(holder: HTMLElement, note: HTMLElement, redraw: () => void, rezoom: (factor: number) => void): Promise<void> {
  if (state.view && state.view.id !== piece) {
    // The pages of another piece say nothing of this one.
    piece = state.view.id;
    sheets = [];
    holder.replaceChildren(h("p", { class: "quiet engraving" }, "Engraving…"));
  }
  const nameOf = (view: View): string => `${view.id} ${view.revision} ${view.title}`;
  if (busy || !state.view || shown === nameOf(state.view)) return;
  busy = true;
  holder.setAttribute("aria-busy", "true");
  // Of a quick row of edits only the last is engraved: what came while one was waited for is looked at afterwards.
  for (let view: View | null = state.view; view && shown !== nameOf(view); view = state.view) {
    shown = nameOf(view);
    try {
      await engrave(view, holder, rezoom);
      note.textContent = "";
    } catch (cause) {
      if (state.view && shown === nameOf(state.view)) refuse(holder, note, cause instanceof Error ? cause.message : "");
    }
    redraw();
  }
  holder.removeAttribute("aria-busy");
  busy = false;
  if (wanted) reveal(holder);
}

/** Scrolls to where the playhead stands. */
function reveal(holder: HTMLElement): void {
  wanted = false;
  const line = holder.querySelector(".cursor")?.getBoundingClientRect();
  const around = holder.getBoundingClientRect();
  if (line && (line.top < around.top || line.bottom > around.bottom)) holder.scrollBy({ top: line.top - around.top - 40 });
}

/** Says why there is no new page: beside the old one or, where there is none, in its place. */
function refuse(holder: HTMLElement, note: HTMLElement, why: string): void {
  note.textContent = note.title = sheets.length ? why : "";
  if (sheets.length) return;
  holder.replaceChildren(h("div", { class: "engraving", role: "status" },
    h("p", {}, "This piece could not be engraved."), h("p", { class: "quiet" }, `${why[0]?.toUpperCase() ?? ""}${why.slice(1).replace(/\.?$/, ".")} In the roll it can be edited and heard, and it can be downloaded.`)));
}

async function engrave(view: View, holder: HTMLElement, rezoom: (factor: number) => void): Promise<void> {
  const answer = await api.pages(view.id, view.revision);
  looks += 1;
  const made = answer.pages.map((page, i) => sheetOf(page, `${api.pageUrl(view.id, i + 1, view.revision)}&look=${looks}`, i + 1, answer.pages.length));
  await Promise.all(made.map(({ picture }) => picture.decode().catch(() => undefined)));
  if (view.id !== piece) return;
  sheets = made.map(({ page, layer }) => ({ page, layer }));
  const top = holder.scrollTop;
  holder.replaceChildren(...made.map(({ sheet }) => sheet));
  holder.scrollTop = top;
  rezoom(1);
}

function sheetOf(page: Page, url: string, n: number, of: number): Sheet & { sheet: HTMLElement; picture: HTMLImageElement } {
  const picture = h("img", { src: url, alt: `Page ${n} of ${of} of the score`, draggable: "false" });
  const layer = document.createElementNS(SVG, "svg");
  layer.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  layer.setAttribute("class", "layer");
  layer.setAttribute("aria-hidden", "true");
  const made = { page, layer, picture, sheet: h("div", { class: "sheet" }, picture) };
  made.sheet.append(layer);
  listenToMouse(made);
  return made;
}

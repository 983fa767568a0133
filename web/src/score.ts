// The engraved pages: pictures from the server, with places to click laid over them.

import * as api from "./api";
import { h, iconButton } from "./dom";
import { selectionSays } from "./saying";
import { type Shown, anchor, breaksOf, changedPages, inOrder, isLong } from "./score-changed";
import { cursor, decorate, type Sheet } from "./score-marks";
import { listenToKeys, listenToMouse } from "./score-mouse";
import { on, state } from "./store";
import type { Page, View } from "./types";
import { welcome } from "./welcome";

const SVG = "http://www.w3.org/2000/svg";

let sheets: Shown[] = [];
let zoom = 1;
/** The state that all pages show; none while they show several, for an undone edit brings back a state that was there. */
let shown = "";
/** Ends what is done for a state that is no longer the newest: waiting, or engraving all of a long piece. */
let interrupt = (): void => undefined;
let working: View | null = null;
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
    wanted = !reveal(holder) && busy;
  });
  const tools = h("div", { class: "pane-head" }, h("h2", {}, "Score"), note, selectionSays(), h("span", { class: "spring" }), iconButton("minus", "Smaller", () => rezoom(0.83)), iconButton("plus", "Larger", () => rezoom(1.2)));
  return h("section", { class: "pane score-pane", "aria-label": "Score" }, tools, h("div", { class: "score-body" }, holder, welcome()));
}

/** Milliseconds without a change after which all pages of a long piece are engraved. */
const REST = 2500;

/** Asks for the pages of the newest revision, one at a time; the old ones stay until these are there. */
async function refresh(holder: HTMLElement, note: HTMLElement, redraw: () => void, rezoom: (factor: number) => void): Promise<void> {
  if (state.view && state.view.id !== piece) {
    // The pages of another piece say nothing of this one.
    piece = state.view.id;
    sheets = [];
    holder.replaceChildren(h("p", { class: "quiet engraving" }, "Engraving…"));
  }
  const nameOf = (view: View): string => `${view.id} ${view.revision} ${view.title}`;
  if (busy && state.answered !== working) interrupt();
  if (busy || !state.answered || shown === nameOf(state.answered)) return;
  busy = true;
  holder.setAttribute("aria-busy", "true");
  // Of a quick row of edits only the last is engraved: what came while one was waited for is looked at afterwards.
  for (let view: View | null = state.answered; view && shown !== nameOf(view); view = state.answered) {
    working = view;
    const early = await engraveChanged(view, holder);
    if (early && !(await rests())) continue;
    shown = nameOf(view);
    try {
      await engrave(view, holder, rezoom);
      note.textContent = "";
    } catch (cause) {
      if (state.answered && shown === nameOf(state.answered)) refuse(holder, note, cause instanceof Error ? cause.message : "");
    }
    redraw();
  }
  holder.removeAttribute("aria-busy");
  busy = false;
  if (wanted) reveal(holder);
  wanted = false;
}

/** Scrolls to where the playhead stands; whether that is on a page. */
function reveal(holder: HTMLElement): boolean {
  const line = holder.querySelector(".cursor")?.getBoundingClientRect();
  const around = holder.getBoundingClientRect();
  if (line && (line.top < around.top || line.bottom > around.bottom)) holder.scrollBy({ top: line.top - around.top - 40 });
  return line !== undefined;
}

/** Says why there is no new page: beside the old one or, where there is none, in its place. */
function refuse(holder: HTMLElement, note: HTMLElement, why: string): void {
  note.textContent = note.title = sheets.length ? why : "";
  if (sheets.length) return;
  holder.replaceChildren(h("div", { class: "engraving", role: "status" },
    h("p", {}, "This piece could not be engraved."), h("p", { class: "quiet" }, `${why[0]?.toUpperCase() ?? ""}${why.slice(1).replace(/\.?$/, ".")} In the roll it can be edited and heard, and it can be downloaded.`)));
}

/** Whether nothing changes for a while. */
function rests(): Promise<boolean> {
  if (state.answered !== working) return Promise.resolve(false);
  return new Promise((tell) => {
    const timer = setTimeout(() => tell(true), REST);
    interrupt = () => {
      clearTimeout(timer);
      tell(false);
    };
  });
}

/** Of a long piece, puts changed pages in the place of those that are there; whether the rest can wait. */
async function engraveChanged(view: View, holder: HTMLElement): Promise<boolean> {
  const changed = changedPages(sheets, view);
  if (!changed) return false;
  shown = "";
  const wanted = inOrder(changed, sheets, holder.getBoundingClientRect());
  for (const i of wanted) {
    try {
      await engraveOne(view, i);
    } catch {
      return false; // why, the engraving of all will tell
    }
    if (state.answered !== view) return true;
  }
  return wanted.length === changed.length;
}

async function engraveOne(view: View, i: number): Promise<void> {
  const breaks = breaksOf(sheets, i);
  const { revision, pages } = await api.onePage(view.id, breaks);
  looks += 1;
  const made = sheetOf(pages[0]!, `${api.onePageUrl(view.id, breaks, revision)}&look=${looks}`, i + 1, sheets.length);
  await made.picture.decode();
  const old = sheets[i];
  const engraved = stateOf(revision, view);
  if (!old || !engraved) return;
  made.sheet.style.width = `${zoom * 100}%`;
  old.layer.parentElement!.replaceWith(made.sheet);
  sheets[i] = { page: made.page, layer: made.layer, view: engraved };
  decorate(sheets[i]);
}

/** Which state has been engraved: the one that was asked for or, as the server takes the newest, one that has come here meanwhile. */
const stateOf = (revision: number, asked: View): View | undefined =>
  [asked, state.answered].find((own): own is View => own?.id === piece && own.revision === revision);

/** Engraves all pages; another piece ends it, and an edit of a long one, for that is seen sooner on a page alone. */
async function engrave(view: View, holder: HTMLElement, rezoom: (factor: number) => void): Promise<void> {
  const ending = new AbortController();
  interrupt = () => {
    if (view.id === piece && !isLong(sheets)) return;
    ending.abort();
    shown = "";
  };
  const answer = await api.pages(view.id, view.revision, ending.signal);
  interrupt = () => undefined;
  looks += 1;
  const made = answer.pages.map((page, i) => sheetOf(page, `${api.pageUrl(view.id, i + 1, answer.revision)}&look=${looks}`, i + 1, answer.pages.length));
  await Promise.all(made.map(({ picture }) => picture.decode().catch(() => undefined)));
  if (view.id !== piece) return;
  const stay = anchor(holder, sheets);
  sheets = made.map(({ page, layer }) => ({ page, layer, view: stateOf(answer.revision, view) ?? view }));
  holder.replaceChildren(...made.map(({ sheet }) => sheet));
  rezoom(1);
  stay(sheets);
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

// The head of the page: title, the other pieces, undo and redo, downloads, light and dark, help.

import * as api from "./api";
import { dialog, h, icon, iconButton, setIcon, toast, type IconName } from "./dom";
import { DRAG_SAYS, dragsOut, fileName } from "./drag-out";
import { change } from "./edits";
import { help } from "./help";
import { stepAndSay } from "./history";
import { remember, remembered } from "./memory";
import { on, setView, state, tell } from "./store";
import type { View } from "./types";
import { reasonOf } from "./wording";

const KINDS: [string, string, string][] = [
  ["midi", "MIDI", "for a sequencer"], ["musicxml", "MusicXML", "for a notation program"], ["pdf", "PDF", "to print"],
  ["wav", "WAV", "to hear"], ["png", "PNG", "the piano-roll as a picture"],
];

const failed = (cause: unknown): void => toast(reasonOf(cause), "error");

export function pageHeader(): HTMLElement {
  const title = h("input", { class: "title", id: "title", "aria-label": "Title of the piece", maxlength: 120, spellcheck: "false", autocomplete: "off" });
  title.addEventListener("change", () => {
    const wanted = title.value.trim();
    if (wanted && wanted !== state.view?.title) void change((id) => api.renamePiece(id, wanted));
  });
  title.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.view) title.value = state.view.title;
    if (event.key === "Enter" || event.key === "Escape") title.blur();
  });
  const back = iconButton("undo", "Undo (Ctrl+Z)", () => void stepAndSay(true), { id: "undo" });
  const forth = iconButton("redo", "Redo (Ctrl+Shift+Z)", () => void stepAndSay(false), { id: "redo" });
  on("view", () => {
    const view = state.view;
    if (!view) return;
    if (document.activeElement !== title) title.value = view.title;
    title.dataset.revision = String(view.revision);
    document.title = `${view.title} – Stretto`;
    back.disabled = !view.canUndo;
    forth.disabled = !view.canRedo;
  });
  return h("header", { class: "head" },
    h("h1", { class: "wordmark" }, "Stretto"), title,
    worded("folder", "Pieces", "Your pieces", () => void choosePiece(), "pieces"), worded("plus", "New", "New piece", () => void newPiece(), "new"),
    h("span", { class: "spring" }), back, forth, dragMidi(), downloads(), themeButton(), iconButton("help", "Keys and help (?)", help));
}

const worded = (name: IconName, word: string, title: string, onclick: () => void, id: string): HTMLElement =>
  h("button", { type: "button", class: "worded", id, title, "aria-label": title, onclick }, icon(name), h("span", {}, word));

/** The piece as a thing to drag away. */
function dragMidi(): HTMLElement {
  const link = h("a", { class: "drag", id: "drag-midi", download: "", title: DRAG_SAYS, "aria-label": "The piece as MIDI: drag it away, or download" }, icon("grip"), "MIDI");
  dragsOut(link, () => state.view && { name: fileName(state.view.title), url: api.downloadUrl(state.view.id, "midi") });
  on("view", () => {
    if (state.view) link.href = api.downloadUrl(state.view.id, "midi");
  });
  return link;
}

/** A piece in which nothing was ever written, and that nobody gave a title. */
const isBlank = (view: View): boolean => view.revision === 1 && view.title === "Untitled" && !view.notes.length;

export async function newPiece(): Promise<void> {
  if (state.view && isBlank(state.view)) return toast("This piece is new already: nothing stands in it.");
  try {
    setView(await api.createPiece({}));
  } catch (cause) {
    failed(cause);
  }
}

async function choosePiece(): Promise<void> {
  let pieces;
  try {
    pieces = (await api.listPieces()).filter((piece) => !piece.blank || piece.id === state.view?.id);
  } catch (cause) {
    return failed(cause);
  }
  const list = h("ul", { class: "piece-list" });
  const box = dialog("Pieces", pieces.length ? list : h("p", {}, "Nothing here yet."));
  for (const piece of pieces) {
    const open = h("button", { type: "button", class: "piece-line", "aria-current": piece.id === state.view?.id ? "true" : null }, piece.title || "Untitled");
    open.addEventListener("click", () => {
      box.close();
      api.openPiece(piece.id).then(setView, failed);
    });
    const item = h("li", {}, open, h("small", { class: "quiet" }, when(piece.modified)));
    const drop = iconButton("close", `Delete ${piece.title}`, () => {
      if (drop.dataset.sure !== "yes") {
        drop.dataset.sure = "yes";
        drop.replaceChildren("Delete?");
        return;
      }
      api.deletePiece(piece.id).then(() => item.remove(), failed);
    });
    if (piece.id !== state.view?.id) item.append(drop);
    list.append(item);
  }
}

/** "today, 14:03", or the day. */
function when(modified: string | number | undefined): string {
  if (modified === undefined) return "";
  const then = new Date(typeof modified === "number" ? modified * 1000 : modified);
  if (Number.isNaN(then.getTime())) return "";
  const time = then.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  return then.toDateString() === new Date().toDateString() ? `today, ${time}` : then.toLocaleDateString(undefined, { day: "numeric", month: "long", year: "numeric" });
}

function downloads(): HTMLElement {
  const menu = h("div", { class: "menu", id: "downloads", popover: "auto", role: "group", "aria-label": "Download as" });
  const button = h("button", { type: "button", class: "with-icon", popovertarget: "downloads", id: "download" }, icon("download"), "Download");
  for (const [kind, name, what] of KINDS) {
    const link = h("a", { class: "menu-line", "data-kind": kind, download: "" }, h("b", {}, name), h("span", {}, what));
    link.addEventListener("click", () => menu.hidePopover());
    menu.append(link);
  }
  menu.addEventListener("beforetoggle", () => {
    const around = button.getBoundingClientRect();
    menu.style.top = `${around.bottom + 6}px`;
    menu.style.right = `${innerWidth - around.right}px`;
    for (const link of menu.querySelectorAll<HTMLAnchorElement>("[data-kind]")) {
      if (state.view) link.href = api.downloadUrl(state.view.id, link.dataset.kind!);
    }
  });
  return h("div", { class: "download" }, button, menu);
}

function themeButton(): HTMLElement {
  const root = document.documentElement;
  const button = iconButton("moon", "Dark", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    remember("theme", root.dataset.theme);
    show();
  }, { id: "theme" });
  const show = (): void => {
    const dark = root.dataset.theme === "dark";
    setIcon(button, dark ? "sun" : "moon", dark ? "Light page" : "Dark page");
    tell("theme");
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    if (remembered("theme")) return;
    root.dataset.theme = event.matches ? "dark" : "light";
    show();
  });
  show();
  return button;
}

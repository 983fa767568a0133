// Puts the page together and opens the piece that was open last.

import "./styles/base.css";
import "./styles/page.css";
import "./styles/panels.css";
import "./styles/write.css";

import * as api from "./api";
import { copy, cut, duplicate, paste } from "./clipboard";
import { candidateTray, close as closeTray } from "./candidates";
import { byId, dialog, h, hideToast, isTyping, toast } from "./dom";
import { enterPanel } from "./enter";
import { listenToDrops } from "./files";
import { newPiece, pageHeader } from "./header";
import { help } from "./help";
import { stepAndSay } from "./history";
import { lineOf } from "./lines";
import { marksPanel } from "./marks";
import { remembered } from "./memory";
import { partsPanel } from "./parts";
import { audition, warmUp } from "./player";
import { rollPane } from "./roll";
import { rollKey } from "./roll-keys";
import { roll } from "./roll-state";
import { scorePane } from "./score";
import { on, select, setRegion, setView, state, tell } from "./store";
import { tabs } from "./tabs";
import { rewind, toggle, toggleLoop, transportBar } from "./transport";
import { verbsPanel } from "./verbs";
import { inWords } from "./wording";

function build(): void {
  const side = h("aside", { class: "side", "aria-label": "Tools" },
    tabs("Tools", [["write", "Write", h("div", {}, verbsPanel())], ["check", "Check", marksPanel()], ["enter", "Enter", enterPanel()]]),
    h("div", { class: "mixer" }, h("h2", {}, "Parts"), partsPanel()));
  const score = scorePane();
  const pianoRoll = rollPane();
  // Candidates stand under what they are for; the form beside them keeps its height.
  const work = h("div", { class: "work" }, h("div", { class: "panes" }, score, splitter(score), pianoRoll), candidateTray());
  byId("page").append(pageHeader(), h("main", { class: "desk" }, side, work), transportBar());
}

/** The bar between score and roll, moved by mouse or arrow keys. */
function splitter(score: HTMLElement): HTMLElement {
  let share = 46;
  const made = h("div", { class: "splitter", role: "separator", tabindex: 0, "aria-orientation": "vertical", "aria-label": "Width of the score", "aria-valuemin": 20, "aria-valuemax": 80, "aria-valuenow": share });
  const set = (wanted: number): void => {
    share = Math.max(20, Math.min(80, wanted));
    score.style.setProperty("--share", `${share}`);
    made.setAttribute("aria-valuenow", String(Math.round(share)));
  };
  made.addEventListener("pointerdown", (event) => made.setPointerCapture(event.pointerId));
  made.addEventListener("pointermove", (event) => {
    if (!made.hasPointerCapture(event.pointerId)) return;
    const left = score.getBoundingClientRect().left;
    const right = made.parentElement!.getBoundingClientRect().right;
    set((100 * (event.clientX - left)) / (right - left));
  });
  made.addEventListener("keydown", (event) => {
    const turn = { ArrowLeft: -3, ArrowRight: 3 }[event.key];
    if (turn) set(share + turn);
  });
  return made;
}

const CLIPBOARD: Record<string, () => boolean> = { c: copy, x: cut, v: paste, d: duplicate };

function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (key === "f6" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      return nextPane(event.shiftKey ? -1 : 1);
    }
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const onControl = event.target instanceof HTMLElement && event.target.matches("button, a, input, [role=tab]");
    const pressed = event.target instanceof HTMLElement && event.target.matches("button, a, input:not([type=range]), [role=tab]");
    if (command && key === "z") void stepAndSay(!event.shiftKey);
    else if (command && key === "y") void stepAndSay(false);
    else if (command && !event.shiftKey && key in CLIPBOARD && !getSelection()?.toString() && CLIPBOARD[key]!()) event.preventDefault();
    else if (command || event.altKey) return;
    else if (key === " " && !pressed) void toggle();
    else if ((key === "delete" || key === "backspace") && !event.defaultPrevented && rollKey(event)) event.preventDefault();
    else if (key === "home" && !onControl) rewind();
    else if (key === "?") help();
    else if (key === "m") muteCurrent();
    else if (key === "l" && !onControl) toggleLoop();
    else if (key === "escape" && !event.defaultPrevented) leave();
    else return;
    event.preventDefault();
  });
}

/** Escape puts the candidates away, then the selection. */
function leave(): void {
  if (!byId("tray").hidden) return closeTray();
  select([]);
  setRegion(null);
}

/** What was pressed by mouse does not keep the keys, so that the space bar plays. */
function letGo(): void {
  addEventListener("click", (event) => {
    const now = document.activeElement;
    const byMouse = event instanceof PointerEvent && event.pointerType === "mouse" && event.detail > 0;
    if (byMouse && now instanceof HTMLElement && now.matches("button:not([role=tab])") && !now.closest("dialog, [popover]")) now.blur();
  });
}

function nextPane(turn: number): void {
  const stops = ["#title", "[role=tab][aria-selected=true]", "#sheets", "#roll", "#tray:not([hidden]) button:not(:disabled)", "#play"]
    .map((own) => document.querySelector<HTMLElement>(own))
    .filter((own): own is HTMLElement => own !== null);
  const now = stops.findIndex((own) => own === document.activeElement || own.parentElement?.contains(document.activeElement));
  stops[(now + turn + stops.length) % stops.length]?.focus();
}

function muteCurrent(): void {
  if (!state.view) return;
  const line = lineOf(state.view.parts, state.part, state.staff);
  if (!state.muted.delete(line)) state.muted.add(line);
  tell("parts");
}

/** Asks for the token, or for another one. */
function askForToken(again: boolean): Promise<string | null> {
  return new Promise((answer) => {
    const field = h("input", { type: "password", id: "token", autocomplete: "off", autofocus: true });
    const error = again && h("p", { class: "form-error", role: "alert" }, "That is not the token; it stands after token= in the address.");
    const form = h("form", { class: "token" }, h("label", { for: "token" }, "The server printed a token when it started."), field, error, h("button", { type: "submit", class: "primary" }, "Open the studio"));
    const box = dialog("Token", form);
    let given: string | null = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      given = field.value.trim();
      box.close();
    });
    box.addEventListener("close", () => answer(given));
  });
}

async function openLast(): Promise<void> {
  const pieces = await api.listPieces();
  const last = remembered("piece");
  const piece = pieces.find((own) => own.id === last) ?? pieces.find((own) => !own.blank) ?? pieces[0];
  if (piece) setView(await api.openPiece(piece.id));
  else await newPiece();
}

// The token has done its work; it should not stay in the history.
if (location.search) history.replaceState(null, "", "/");
// An edit that cannot be is seen to have come to nothing; the line about it may go by itself.
state.error = (message) => toast(inWords(message), "error", 9000);
roll.audition = audition;
api.gate.ask = askForToken;
build();
let shown = "";
on("view", () => {
  if (state.view && state.view.id !== shown) hideToast();
  shown = state.view?.id ?? "";
});
listenToKeys();
letGo();
listenToDrops();
openLast().then(
  () => setTimeout(warmUp, 200),
  (cause: Error) => toast(cause.message, "error"),
);

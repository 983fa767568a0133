// The tray with what the network offers: small rolls that grow while they are made, to hear, take or drag away.

import * as api from "./api";
import { announce, byId, h, hideToast, icon, iconButton, setIcon, toast } from "./dom";
import { type MiniRoll, paintMini } from "./mini-roll";
import { type Frame, type SoFar, barAfter, keptPiece, notesOf } from "./partial";
import { extend, play, stop } from "./player";
import { DRAG_SAYS, dragsOut, fileName } from "./drag-out";
import { change } from "./edits";
import { type Shown, type Stretch, barsAround } from "./shown-bars";
import { on, setPlayhead, state, tell } from "./store";
import { TRAY_SAYS, trayKeys } from "./tray-keys";
import type { Note, View, Wish } from "./types";
import { inWords } from "./wording";

/** What the network is making, or has made. */
interface Candidate {
  index: number;
  done: number;
  total: number;
  /** The piece but for its notes; null = nothing is there yet. */
  frame: Frame | null;
  notes: Note[];
  kept: number;
  /** When it is done. */
  view: View | null;
  natsPerNote: number | null;
  report: string[];
  refused: string;
}

interface Card extends MiniRoll {
  candidate: Candidate;
  bar: HTMLElement;
  says: HTMLElement;
  hear: HTMLButtonElement;
  take: HTMLButtonElement;
  drag: HTMLElement;
  playhead: number;
}

let cards: Card[] = [];
let job = "";
/** What is done, as its button says it. */
let verb = "";
/** The state of the piece for which they are made. */
let before = { id: "", revision: 0 };
/** Notes that the piece has already. */
let own = new Set<string>();
/** Where in the piece something is new; null = anywhere. */
let news: Stretch | null = null;
let end: (() => void) | null = null;
/** Which candidate sounds, `PRESENT` for the piece itself. */
let hearing = -1;
const NOBODY = -1;
const PRESENT = -2;
let again = (): void => undefined;

export function candidateTray(): HTMLElement {
  on("theme", () => cards.forEach(paint));
  on("busy", () => cards.forEach((card) => hearState(card)));
  on("view", () => cards.length > 0 && state.view?.id !== before.id && close());
  const tray = h("section", { class: "tray", id: "tray", "aria-label": "Candidates", hidden: true });
  trayKeys(tray, { says, listen: (index) => void listen(index), take: (index) => cards[index]?.candidate.view && take_(index), again: () => again() });
  return tray;
}

/** Opens the tray for a job of a wish for the open piece, and follows it; `more` asks for as many others. */
export function begin(id: string, { candidates: n, revision, selection }: Wish, what: string, more: () => void): void {
  end?.();
  if (hearing !== NOBODY) stop();
  again = more;
  const inTray = byId("tray").contains(document.activeElement);
  job = id;
  verb = what;
  before = { id: state.view?.id ?? "", revision };
  news = verb === "Continue" ? { start: state.view?.end ?? 0, end: Infinity } : selection;
  own = new Set(verb === "Compose" ? [] : state.view?.notes.map(keyOf));
  cards = Array.from({ length: n }, (_, index) => cardOf(index));
  const status = h("span", { class: "tray-status", role: "status" }, "composing…");
  const away = iconButton("close", "Put the candidates away", close, { id: "tray-close" });
  byId("tray").replaceChildren(
    h("div", { class: "tray-head" }, h("h2", {}, verb), status, h("span", { class: "tray-status", id: "tray-bars" }), h("span", { class: "spring" }), present(), others(n), away),
    h("div", { class: "cards" }, ...cards.map(shell)),
  );
  byId("tray").hidden = false;
  // Who asked by keyboard goes on by keyboard.
  if (inTray || document.activeElement?.id === "go") byId("tray").querySelector<HTMLElement>(".card")?.focus();
  announce(`${verb}: ${n} candidates are being made`);
  end = api.followJob(id, {
    progress: ({ candidate, done, total }) => update(candidate, { done, total }),
    partial: (soFar) => grow(soFar),
    candidate: ({ candidate, natsPerNote, report, view }) => update(candidate, { view, frame: view, notes: view.notes, kept: view.end, natsPerNote: natsPerNote ?? null, report: report ?? [] }),
    refused: ({ candidate, message }) => update(candidate, { refused: message }),
    done: () => {
      end = null;
      status.textContent = "Listen, then take one.";
      announce("The candidates are ready");
    },
    failed: (message) => {
      end = null;
      if (cards.some((card) => card.candidate.view)) status.textContent = message;
      else close();
      toast(inWords(message), "error");
    },
  });
}

export function close(): void {
  end?.();
  end = null;
  if (hearing !== NOBODY) stop();
  cards = [];
  byId("tray").hidden = true;
  byId("tray").replaceChildren();
}

/** The piece as it is, to compare; null on an empty page. */
function present(): HTMLElement | null {
  if (!state.view?.notes.length) return null;
  const made = h("button", { type: "button", class: "worded", id: "tray-original", title: "Listen to the piece as it is now, from the same bar" }, icon("play"), h("span", {}, "As it is"));
  made.addEventListener("click", () => void sound(PRESENT, state.view, () => undefined, () => undefined));
  return made;
}

function others(n: number): HTMLElement {
  return h("button", { type: "button", class: "worded", id: "tray-again", title: `Asks for ${n} others, with the same wishes (N)`, onclick: () => again() }, icon("loop"), h("span", {}, "Again"));
}

function cardOf(index: number): Card {
  const candidate: Candidate = { index, done: 0, total: 1, frame: null, notes: [], kept: 0, view: null, natsPerNote: null, report: [], refused: "" };
  const hear = iconButton("play", `Listen to candidate ${index + 1}`, () => void listen(index), { disabled: true });
  const take = h("button", { type: "button", class: "take", disabled: true, onclick: () => take_(index) }, "Take this");
  take.setAttribute("aria-label", `Take this: candidate ${index + 1}`);
  const canvas = h("canvas", { class: "mini", role: "img", "aria-label": `Candidate ${index + 1}, still empty` });
  const drag = h("a", { class: "drag", download: "", title: DRAG_SAYS, "aria-label": `Candidate ${index + 1} as MIDI: drag it away, or download`, hidden: true }, icon("grip"), "MIDI");
  const mine = job;
  dragsOut(drag, () => ({ name: fileName(`${state.view && state.view.title !== "Untitled" ? state.view.title : "Stretto"}, candidate ${index + 1}`), url: api.candidateUrl(mine, index) }));
  return { candidate, canvas, low: 127, high: 0, hear, take, drag, playhead: -1, bar: h("div", { class: "progress-bar" }), says: h("span", { class: "card-says" }) };
}

function shell(card: Card): HTMLElement {
  const n = card.candidate.index + 1;
  const made = h("article", { class: "card", tabindex: 0, title: TRAY_SAYS, "aria-label": `Candidate ${n}`, "aria-keyshortcuts": "Space Enter" },
    h("div", { class: "progress" }, card.bar), card.canvas,
    h("div", { class: "card-foot" }, h("b", {}, String(n)), card.hear, card.says, h("span", { class: "spring" }), card.drag, card.take));
  new ResizeObserver(() => paint(card)).observe(card.canvas);
  return made;
}

/** More of a candidate is there. */
function grow({ candidate, done, total, frame, notes, kept, end: until }: SoFar): void {
  update(candidate, { done, total, frame, notes: notesOf(notes), kept });
  const bars = frame.bars.filter((bar) => bar.end <= until).length;
  cards[candidate]?.canvas.setAttribute("aria-label", `Candidate ${candidate + 1}, being made: ${bars} of ${frame.bars.length} bars`);
}

function update(index: number, told: Partial<Candidate>): void {
  const card = cards[index];
  if (!card) return;
  Object.assign(card.candidate, told);
  const { view, done, total, natsPerNote, report, refused } = card.candidate;
  const share = Math.round((100 * done) / Math.max(1, total));
  card.bar.style.width = `${view ? 100 : share}%`;
  card.says.textContent = inWords(refused) || (view ? (natsPerNote === null ? "" : daring(view, natsPerNote)) : card.candidate.frame || done ? `${share} %` : "waits");
  if (refused) card.says.title = inWords(refused);
  const heard = soFar(card);
  card.hear.disabled = !heard;
  if (heard && hearing === index) extend(heard);
  if (view) {
    card.take.disabled = false;
    card.drag.hidden = false;
    card.drag.setAttribute("href", api.candidateUrl(job, index));
    card.says.title = [...(natsPerNote === null ? [] : [`${natsPerNote.toFixed(2)} nats a note: how surprising the network finds it.`]), ...report.map(inWords)].join("\n");
    card.canvas.setAttribute("aria-label", `Candidate ${index + 1}: ${view.notes.length} notes, ${view.bars.length} bars`);
  }
  const { frame } = card.candidate;
  if (frame) byId("tray-bars").textContent = shownOf(frame).says;
  paint(card);
}

const shownOf = (frame: Frame): Shown => barsAround(frame, news);

/** What a card shows, for those who do not see it. */
const says = (index: number): string =>
  [cards[index]?.canvas.getAttribute("aria-label"), cards[index]?.candidate.view && cards[index].says.textContent].filter(Boolean).join(", ");

/** Between these lies half of what the networks make, in nats a note. */
const USUAL: Record<string, [number, number]> = { choir: [0.87, 1.05], keyboard: [1.4, 2.25], quartet: [1.6, 2.2] };

/** How daring a piece is, to the network that made it. */
function daring(view: View, nats: number): string {
  const [calm, bold] = USUAL[view.ensemble ?? ""] ?? USUAL.choir!;
  return nats < calm ? "calm" : nats > bold ? "bold" : "usual";
}

/** What can be heard of a candidate: all, or from the first new bar that is kept as far as it is kept. */
function soFar({ candidate: { view, frame, notes, kept } }: Card): View | null {
  const first = verb === "Continue" ? (state.view?.end ?? 0) : startOf();
  return view ?? (frame && kept >= barAfter(frame, first) ? keptPiece(frame, notes, kept) : null);
}

/** The tick from which one wants to hear: a little before what is new. */
function startOf(): number {
  if (verb === "Compose") return 0;
  if (verb === "Continue") return state.view?.bars.at(-1)?.tick ?? 0;
  return news?.start ?? 0;
}

async function listen(index: number): Promise<void> {
  const card = cards[index];
  if (!card) return;
  const move = (tick: number): void => {
    card.playhead = tick;
    paint(card);
  };
  await sound(index, soFar(card), move, () => move(-1));
}

/** Plays a candidate, or the piece, beside the piece's own playhead; what sounds already is stopped. */
async function sound(whose: number, heard: View | null, move: (tick: number) => void, ended: () => void): Promise<void> {
  if (!heard) return;
  const same = hearing === whose;
  stop();
  if (same) return;
  hearing = whose;
  const from = startOf();
  try {
    await play(heard, from < heard.end ? from : 0, move, () => {
      if (hearing === whose) hearing = NOBODY;
      ended();
    });
    cards.forEach(hearState);
  } catch {
    hearing = NOBODY;
    toast("The sound could not be started in this browser.", "error");
  }
}

function hearState(card: Card): void {
  const own = hearing === card.candidate.index && state.playing;
  setIcon(card.hear, own ? "pause" : "play", `${own ? "Stop" : "Listen to"} candidate ${card.candidate.index + 1}`);
}

function take_(index: number): void {
  const mine = job;
  const goes = verb === "Continue" ? (state.view?.end ?? 0) : null;
  hideToast();
  if (verb !== "Compose" && state.view?.revision !== before.revision) {
    return toast("The piece was changed after these were asked for. Ask again, or undo the change.", "error");
  }
  void change((id, revision) => api.accept(id, revision, mine, index)).then((view) => {
    if (!view) return;
    announce(`Candidate ${index + 1} is now the piece`);
    if (goes === null || state.playing) return;
    setPlayhead(goes);
    tell("reveal");
  });
  close();
  byId("roll").focus({ preventScroll: true });
}

function paint(card: Card): void {
  const { frame, notes, kept } = card.candidate;
  paintMini(card, frame && { frame, notes, kept, news, shown: shownOf(frame), isGiven: (note) => own.has(keyOf(note)) }, card.playhead);
}

const keyOf = (note: Note): string => `${note.part} ${note.onset} ${note.duration} ${note.pitch}`;

// The tray with what the network offers: small rolls that grow while they are made, to hear, take or drag away.

import * as api from "./api";
import { ink, noteColour } from "./colours";
import { announce, byId, h, icon, iconButton, setIcon, toast } from "./dom";
import { play, stop } from "./player";
import { change, on, state } from "./store";
import type { Candidate, Note, View } from "./types";

interface Card {
  candidate: Candidate;
  canvas: HTMLCanvasElement;
  bar: HTMLElement;
  says: HTMLElement;
  hear: HTMLButtonElement;
  take: HTMLButtonElement;
  drag: HTMLElement;
  playhead: number;
}

let cards: Card[] = [];
let job = "";
let end: (() => void) | null = null;
let hearing = -1;

export function candidateTray(): HTMLElement {
  on("theme", () => cards.forEach(paint));
  on("busy", () => cards.forEach((card) => hearState(card)));
  return h("section", { class: "tray", id: "tray", "aria-label": "Candidates", hidden: true });
}

/** Opens the tray for a job and follows it. */
export function begin(id: string, n: number, verb: string): void {
  end?.();
  job = id;
  cards = Array.from({ length: n }, (_, index) => cardOf(index));
  const status = h("span", { class: "tray-status", role: "status" }, "composing…");
  const away = iconButton("close", "Put the candidates away", close, { id: "tray-close" });
  byId("tray").replaceChildren(
    h("div", { class: "tray-head" }, h("h2", {}, verb), status, h("span", { class: "spring" }), away),
    h("div", { class: "cards" }, ...cards.map(shell)),
  );
  byId("tray").hidden = false;
  announce(`${verb}: ${n} candidates are being made`);
  end = api.followJob(id, {
    progress: ({ candidate, done, total }) => update(candidate, { done, total }),
    partial: ({ candidate, notes, end: until }) => update(candidate, { notes, end: until }),
    candidate: ({ candidate, natsPerNote, report, view }) => update(candidate, { view, notes: view.notes, end: view.end, natsPerNote: natsPerNote ?? null, report: report ?? [] }),
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
      toast(message, "error");
    },
  });
}

export function close(): void {
  end?.();
  end = null;
  if (hearing >= 0) stop();
  cards = [];
  byId("tray").hidden = true;
  byId("tray").replaceChildren();
}

function cardOf(index: number): Card {
  const candidate: Candidate = { index, done: 0, total: 1, notes: [], end: 0, view: null, natsPerNote: null, report: [], refused: "" };
  const hear = iconButton("play", `Listen to candidate ${index + 1}`, () => void listen(index), { disabled: true });
  const take = h("button", { type: "button", class: "take", disabled: true, onclick: () => take_(index) }, "Take this");
  take.setAttribute("aria-label", `Take this: candidate ${index + 1}`);
  const canvas = h("canvas", { class: "mini", role: "img", "aria-label": `Candidate ${index + 1}, still empty` });
  const drag = h("a", { class: "drag", download: `candidate-${index + 1}.mid`, title: "Drag to the desktop or a DAW as MIDI, or click to download", "aria-label": `Candidate ${index + 1} as MIDI`, draggable: "true", hidden: true }, icon("grip"), "MIDI");
  return { candidate, canvas, hear, take, drag, playhead: -1, bar: h("div", { class: "progress-bar" }), says: h("span", { class: "card-says" }) };
}

function shell(card: Card): HTMLElement {
  const n = card.candidate.index + 1;
  const made = h("article", { class: "card", "aria-label": `Candidate ${n}` },
    h("div", { class: "progress" }, card.bar), card.canvas,
    h("div", { class: "card-foot" }, h("b", {}, String(n)), card.hear, card.says, h("span", { class: "spring" }), card.drag, card.take));
  card.drag.addEventListener("dragstart", (event) => {
    const url = new URL(api.candidateUrl(job, card.candidate.index), location.href).href;
    event.dataTransfer?.setData("DownloadURL", `audio/midi:candidate-${n}.mid:${url}`);
    event.dataTransfer?.setData("text/uri-list", url);
  });
  new ResizeObserver(() => paint(card)).observe(card.canvas);
  return made;
}

function update(index: number, told: Partial<Candidate>): void {
  const card = cards[index];
  if (!card) return;
  Object.assign(card.candidate, told);
  const { view, done, total, natsPerNote, report, refused } = card.candidate;
  card.bar.style.width = `${view ? 100 : Math.round((100 * done) / Math.max(1, total))}%`;
  card.says.textContent = view ? (natsPerNote === null ? "" : `${natsPerNote.toFixed(2)} nats`) : done ? `${Math.round((100 * done) / Math.max(1, total))} %` : "";
  if (refused) {
    card.says.textContent = refused;
    card.says.title = refused;
  }
  if (view) {
    card.hear.disabled = card.take.disabled = false;
    card.drag.hidden = false;
    card.drag.setAttribute("href", api.candidateUrl(job, index));
    card.says.title = ["Nats a note: how surprising the network finds it; calm music lies near 1.", ...report].join("\n");
    card.canvas.setAttribute("aria-label", `Candidate ${index + 1}: ${view.notes.length} notes, ${view.bars.length} bars`);
  }
  paint(card);
}

async function listen(index: number): Promise<void> {
  const card = cards[index];
  if (!card?.candidate.view) return;
  const again = hearing === index;
  stop();
  if (again) return;
  hearing = index;
  const from = state.region && state.region.start < card.candidate.view.end ? state.region.start : 0;
  try {
    await play(card.candidate.view, from, (tick) => {
      card.playhead = tick;
      paint(card);
    }, () => {
      hearing = -1;
      card.playhead = -1;
      paint(card);
    });
    cards.forEach(hearState);
  } catch {
    hearing = -1;
    toast("The sound could not be started in this browser.", "error");
  }
}

function hearState(card: Card): void {
  const own = hearing === card.candidate.index && state.playing;
  setIcon(card.hear, own ? "pause" : "play", `${own ? "Stop" : "Listen to"} candidate ${card.candidate.index + 1}`);
}

function take_(index: number): void {
  const mine = job;
  void change((view: View) => api.accept(view.id, view.revision, mine, index)).then(() => announce(`Candidate ${index + 1} is now the piece`));
  close();
  byId("roll").focus({ preventScroll: true });
}

function paint(card: Card): void {
  const { canvas, candidate } = card;
  const brush = canvas.getContext("2d");
  if (!brush || !canvas.clientWidth) return;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  const notes = candidate.notes;
  if (!notes.length) return;
  const pitches = notes.map((note) => note.pitch);
  const low = Math.min(...pitches) - 1;
  const lane = height / (Math.max(...pitches) + 2 - low);
  const wide = candidate.view?.end ?? (candidate.done ? (candidate.end * candidate.total) / candidate.done : candidate.end);
  const perTick = width / Math.max(1, wide);
  const known = candidate.view ? given(candidate.view) : null;
  for (const note of notes) {
    brush.fillStyle = noteColour(candidate.view ?? state.view!, note);
    brush.globalAlpha = known?.has(keyOf(note)) ? 0.35 : 1;
    brush.beginPath();
    brush.roundRect(note.onset * perTick, height - (note.pitch - low + 1) * lane, Math.max(1.5, note.duration * perTick - 1), Math.max(2, lane - 0.5), 1.5);
    brush.fill();
  }
  brush.globalAlpha = 1;
  if (card.playhead < 0) return;
  brush.fillStyle = ink("--accent");
  brush.fillRect(card.playhead * perTick - 1, 0, 2, height);
}

const keyOf = (note: Note): string => `${note.part} ${note.onset} ${note.duration} ${note.pitch}`;

/** Notes that the piece has already: pale, so that what is new stands out; none where nearly all is new. */
function given(view: View): Set<string> | null {
  const own = new Set(state.view?.notes.map(keyOf));
  const shared = view.notes.filter((note) => own.has(keyOf(note))).length;
  return shared > view.notes.length / 4 && shared < view.notes.length ? own : null;
}

// Faults, surprise and what is known music: asked for when wanted, and again when the piece has changed.

import * as api from "./api";
import { announce, h } from "./dom";
import { SEVERITIES, countsSaid, severityOf, severitySwitches, shownFaults } from "./faults";
import { HEIGHT, SHARED, SURPRISE, sharedOf, surpriseOf } from "./heat";
import { linesOf, onLine, type Line } from "./lines";
import { frame } from "./roll-frame";
import { listenToMarks } from "./roll-heat";
import { chosenSheet, sheetPicker } from "./sheets";
import { forgetMarks, on, select, setPlayhead, setRegion, state, tell } from "./store";
import { place } from "./time";
import type { BarLikelihood, BarOriginality, Fault, Passage, Severity, View } from "./types";
import { inSigns, inWords, reasonOf } from "./wording";

export function marksPanel(): HTMLElement {
  const faults = h("div", { class: "faults", role: "group", "aria-label": "Faults" });
  const strip = h("div", { class: "heat", role: "group", "aria-label": "Surprise and known music, bar by bar" });
  const why = h("div", { class: "why", "aria-live": "polite" });
  const passages = h("div", { class: "passages" });
  const live = h("input", { type: "checkbox", id: "marks-live" });
  const says = h("p", { class: "quiet", id: "check-says" });
  const again = (): void => void fetchMarks(says);
  const look = h("button", { type: "button", class: "secondary", id: "check", onclick: again }, "Check the piece");
  live.addEventListener("change", () => (live.checked ? again() : clear(says)));
  let timer = 0;
  let shown = "";
  on("view", () => {
    const now = `${state.view?.id} ${state.view?.revision}`;
    if (now === shown) return;
    shown = now;
    clearTimeout(timer);
    if (live.checked) timer = window.setTimeout(again, 900);
    else if (state.heard || says.textContent) clear(says);
  });
  on("marks", () => {
    faults.replaceChildren(...(state.faults.length ? [severitySwitches(), ...faultLists()] : []));
    strip.replaceChildren(...(state.view && state.heard ? state.view.bars.map((bar) => cell(bar.tick, why)) : []));
    strip.hidden = !state.heard;
    why.replaceChildren(...overall());
    passages.replaceChildren(...passageList());
  });
  on("selection", () => markCurrent(faults));
  listenToMarks(goTo);
  return h("div", { class: "marks" },
    sheetPicker(again),
    h("div", { class: "check-row" }, look, h("label", { class: "tick", for: "marks-live" }, live, "after each change")),
    says, faults, h("h2", {}, "Bar by bar"),
    h("p", { class: "quiet" }, "Above the line: how little the network expected the least expected note of the bar. Below it: how much of the bar is known from the music it learned from."),
    strip, why, passages);
}

function clear(says: HTMLElement): void {
  forgetMarks();
  says.textContent = "";
  tell("marks");
}

const reason = (cause: unknown): string => inWords(reasonOf(cause));

async function fetchMarks(says: HTMLElement): Promise<void> {
  const view = state.view;
  if (!view) return;
  says.textContent = "Looking…";
  const [faults, heat, known] = await Promise.allSettled([api.checkPiece(view.id, chosenSheet()), api.likelihood(view.id), api.originality(view.id)]);
  // What is said of an older state would point at notes that are no longer there.
  if (state.view?.id !== view.id || state.view.revision !== view.revision) return;
  state.faults = faults.status === "fulfilled" ? faults.value.faults.map((own) => ({ ...own, sentence: inSigns(own.sentence) })) : [];
  state.likelihood = heat.status === "fulfilled" ? heat.value.bars.map((own) => ({ ...own, why: inSigns(own.why ?? "") })) : [];
  state.originality = known.status === "fulfilled" ? known.value.bars : [];
  state.heard = {
    natsPerNote: heat.status === "fulfilled" ? (heat.value.natsPerNote ?? null) : null,
    whyNot: heat.status === "fulfilled" ? inWords(heat.value.why ?? "") : reason(heat.reason),
    aside: heat.status === "fulfilled" ? (heat.value.sentences ?? []) : [],
    sentence: known.status === "fulfilled" ? known.value.sentence || inWords(known.value.why) : reason(known.reason),
    passages: known.status === "fulfilled" ? known.value.passages : [],
  };
  says.textContent = faults.status === "rejected" ? reason(faults.reason) : faults.value.why ? `These rules are not for this piece: ${inWords(faults.value.why)}.` : countsSaid();
  announce(says.textContent);
  tell("marks");
}

/** Of the whole piece. */
function overall(): HTMLElement[] {
  if (!state.heard) return [];
  const { whyNot, aside, sentence } = state.heard;
  const lines = [whyNot && `The network cannot judge this piece: ${whyNot}.`, ...aside.map((line) => `${line[0]!.toUpperCase()}${line.slice(1)}.`), sentence];
  return lines.filter(Boolean).map((line) => h("p", {}, String(line)));
}

function faultLists(): HTMLElement[] {
  const shown = shownFaults();
  return SEVERITIES.map(([severity, , many, says]) => {
    const own = shown.filter((fault) => severityOf(fault) === severity);
    if (!own.length) return null;
    return h("section", { class: "fault-group" }, h("h3", {}, many[0]!.toUpperCase() + many.slice(1), h("small", {}, says)), h("ol", { "aria-label": many }, ...own.map((fault) => faultLine(fault, severity))));
  }).filter((own): own is HTMLElement => own !== null);
}

function faultLine(fault: Fault, severity: Severity): HTMLElement {
  const view = state.view!;
  const { bar, beat } = place(view, fault.tick);
  return h("li", {}, h("button", { type: "button", class: "fault-line", "data-severity": severity, "data-notes": fault.notes.join(" "), onclick: () => goTo(fault) },
    h("b", {}, h("span", { class: "severity-mark", "aria-hidden": "true" }), `Bar ${bar}, beat ${beat}`), h("span", { class: "fault-parts" }, whoseFault(view, fault)), h("span", {}, fault.sentence),
    fault.how_often ? h("small", {}, fault.how_often) : null));
}

/** As the mixer calls them: the parts, or hands, in which its notes stand. */
function whoseFault(view: View, fault: Fault): string {
  const notes = view.notes.filter((note) => fault.notes.includes(note.id));
  const own = (line: Line): boolean => (notes.length ? notes.some((note) => onLine(line, note)) : fault.parts.includes(line.part));
  return linesOf(view).filter(own).map((line) => line.name).join(", ");
}

function goTo(fault: Fault): void {
  setPlayhead(fault.tick);
  if (fault.notes.length) {
    setRegion(null);
    select(fault.notes);
  } else goToBars(fault.tick, fault.tick + 1, fault.parts);
  reveal(fault.tick);
}

/** The faults of which a note is selected; the first is brought into sight, unless one is among them. */
function markCurrent(faults: HTMLElement): void {
  const chosen = new Set([...state.selected].map(String));
  for (const line of faults.querySelectorAll<HTMLElement>(".fault-line")) {
    const own = (line.dataset.notes ?? "").split(" ").filter(Boolean);
    const current = own.length > 0 && chosen.size > 0 && chosen.size < 12 && own.some((id) => chosen.has(id));
    line.toggleAttribute("aria-current", current);
    if (current) line.setAttribute("aria-current", "true");
  }
  if (!faults.contains(document.activeElement)) faults.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function goToBars(from: number, to: number, parts: number[]): void {
  const view = state.view!;
  const bars = view.bars.filter((bar) => bar.end > from && bar.tick < to);
  if (!bars.length) return;
  select([]); // notes that were chosen elsewhere are not meant
  setPlayhead(bars[0]!.tick);
  setRegion({ start: bars[0]!.tick, end: bars.at(-1)!.end, parts: parts.length ? parts : view.parts.map((part) => part.index) });
  reveal(bars[0]!.tick);
}

/** Brings a place into sight, on the page and in the roll. */
function reveal(tick: number): void {
  document.querySelector("#sheets .note-chosen, #sheets .bar-marked")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const scroller = document.querySelector<HTMLElement>(".roll-scroll");
  const x = tick * frame.perTick;
  if (scroller && (x < scroller.scrollLeft || x > scroller.scrollLeft + scroller.clientWidth - 160)) scroller.scrollLeft = Math.max(0, x - 80);
}

function cell(tick: number, why: HTMLElement): HTMLElement {
  const view = state.view!;
  const bar = view.bars.find((own) => own.tick === tick)!;
  const heat = state.likelihood.find((own) => own.tick === tick);
  const known = state.originality.find((own) => own.tick === tick);
  const [surprise, shared] = [heat ? surpriseOf(heat) : null, known ? sharedOf(known) : null];
  const said = [surprise === null ? "not judged" : SURPRISE[surprise], shared === null ? "" : SHARED[shared]].filter(Boolean).join("; ");
  const tell_ = (): void => why.replaceChildren(...reasons(heat, known, `Bar ${bar.number}`, surprise, shared));
  const figure = heat?.natsPerNote != null ? ` (${heat.natsPerNote.toFixed(2)} nats a note)` : "";
  const made = h("button", { type: "button", class: "heat-cell", "aria-label": `Bar ${bar.number}: ${said}`, title: `Bar ${bar.number}: ${said}${figure}` },
    shade("surprise", surprise), shade("shared", shared));
  made.addEventListener("click", () => {
    tell_();
    goToBars(bar.tick, bar.end, []);
  });
  made.addEventListener("focus", tell_);
  made.addEventListener("mouseenter", tell_);
  return made;
}

function shade(kind: "surprise" | "shared", level: 0 | 1 | 2 | 3 | null): HTMLElement {
  const made = h("span", { class: `shade ${kind}`, "data-level": level ?? "none" });
  const fill = h("span", {});
  fill.style.height = `${level === null ? 0 : (kind === "shared" && level === 0 ? 0.04 : HEIGHT[level]) * 100}%`;
  made.append(fill);
  return made;
}

/** Why a bar looks as it does, in sentences. */
function reasons(heat: BarLikelihood | undefined, known: BarOriginality | undefined, name: string, surprise: number | null, shared: number | null): HTMLElement[] {
  const lines: HTMLElement[] = [h("p", {}, h("b", {}, name), ` ${surprise === null ? "not judged" : SURPRISE[surprise]}. `, heat?.why ?? "")];
  const notes = heat?.notes ?? [];
  if (notes.length) lines.push(h("button", { type: "button", class: "worded show-notes", onclick: () => { setRegion(null); select(notes); reveal(heat!.tick); } }, notes.length === 1 ? "Show the note" : "Show these notes"));
  if (known?.why) lines.push(h("p", {}, known.why));
  else if (shared === 0) lines.push(h("p", { class: "quiet" }, "It shares nothing of note with the music that the network learned from."));
  return lines;
}

function passageList(): HTMLElement[] {
  const found = state.heard?.passages ?? [];
  if (!found.length) return [];
  const line = (passage: Passage): HTMLElement => h("li", {}, h("button", { type: "button", class: "fault-line passage", onclick: () => goToBars(passage.tick, passage.end, passage.parts) }, h("span", {}, passage.says)));
  return [h("h2", {}, "As in other music"), h("ol", { "aria-label": "Passages that stand in other music" }, ...found.map(line))];
}

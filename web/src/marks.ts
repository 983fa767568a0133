// Faults and surprise: asked for when wanted, and again when the piece has changed.

import * as api from "./api";
import { surprise } from "./colours";
import { announce, h } from "./dom";
import { on, select, setPlayhead, setRegion, state, tell } from "./store";
import { place } from "./time";
import type { BarLikelihood, Fault } from "./types";

export function marksPanel(): HTMLElement {
  const faults = h("ol", { class: "faults", "aria-label": "Faults" });
  const strip = h("div", { class: "heat", role: "group", "aria-label": "Surprise in each bar" });
  const why = h("p", { class: "why", "aria-live": "polite" });
  const live = h("input", { type: "checkbox", id: "marks-live" });
  const sheet = h("select", { id: "rules" });
  for (const [value, name] of SHEETS) sheet.append(h("option", { value }, name));
  sheet.addEventListener("change", () => void fetchMarks(says, sheet.value));
  const says = h("p", { class: "quiet" });
  const look = h("button", { type: "button", class: "secondary", id: "check", onclick: () => void fetchMarks(says, sheet.value) }, "Check the piece");
  live.addEventListener("change", () => (live.checked ? void fetchMarks(says, sheet.value) : clear(says)));
  let timer = 0;
  on("view", () => {
    clearTimeout(timer);
    if (!state.faults.length && !state.likelihood.length && !live.checked) return;
    if (live.checked) timer = window.setTimeout(() => void fetchMarks(says, sheet.value), 900);
    else clear(says);
  });
  on("marks", () => {
    faults.replaceChildren(...state.faults.map(faultLine));
    strip.replaceChildren(...state.likelihood.map((bar) => cell(bar, why)));
    why.textContent = overall;
  });
  return h("div", { class: "marks" },
    h("div", { class: "row" }, h("label", { for: "rules" }, "Rules"), sheet),
    h("div", { class: "check-row" }, look, h("label", { class: "tick", for: "marks-live" }, live, "after each change")),
    says, faults, h("h2", {}, "Surprise, bar by bar"),
    h("p", { class: "quiet" }, "The stronger its colour, the less the network expected the bar."), strip, why);
}

function clear(says: HTMLElement): void {
  state.faults = [];
  state.likelihood = [];
  says.textContent = "";
  overall = "";
  tell("marks");
}

const SHEETS: [string, string][] = [
  ["chorale", "Four-part writing"], ["species1", "First species"], ["species2", "Second species"],
  ["species3", "Third species"], ["species4", "Fourth species"], ["species5", "Fifth species"],
];

async function fetchMarks(says: HTMLElement, rules: string): Promise<void> {
  const view = state.view;
  if (!view) return;
  says.textContent = "Looking…";
  const [faults, heat] = await Promise.allSettled([api.checkPiece(view.id, rules), api.likelihood(view.id)]);
  if (state.view?.id !== view.id) return;
  state.faults = faults.status === "fulfilled" ? faults.value.faults : [];
  state.likelihood = heat.status === "fulfilled" ? heat.value.bars : [];
  const n = state.faults.length;
  says.textContent = faults.status === "rejected" ? (faults.reason as Error).message.replace("name another sheet with --rules", "choose another sheet above") : n === 0 ? "No faults found." : n === 1 ? "One fault." : `${n} faults.`;
  announce(says.textContent);
  overall = heat.status === "fulfilled" ? summary(heat.value) : String((heat.reason as Error).message);
  tell("marks");
}

/** Of the whole piece, or why the network cannot say. */
let overall = "";

function summary(heat: { natsPerNote?: number | null; why?: string }): string {
  if (typeof heat.natsPerNote === "number") return `${heat.natsPerNote.toFixed(2)} nats a note in the whole piece.`;
  return heat.why ? `The choir's network cannot judge this piece: ${heat.why}.` : "";
}

function faultLine(fault: Fault): HTMLElement {
  const names = fault.parts.map((index) => state.view?.parts[index]?.name || `part ${index + 1}`).join(", ");
  const go = (): void => {
    setPlayhead(fault.tick);
    if (fault.notes.length) {
      setRegion(null);
      select(fault.notes);
      return;
    }
    const bar = state.view?.bars.find((own) => own.tick <= fault.tick && fault.tick < own.end);
    if (bar) setRegion({ start: bar.tick, end: bar.end, parts: fault.parts });
  };
  const { bar, beat } = place(state.view!, fault.tick);
  return h("li", {}, h("button", { type: "button", class: "fault-line", "data-severity": fault.severity, onclick: go },
    h("b", {}, `Bar ${bar}, beat ${beat}`), h("span", { class: "fault-parts" }, names), h("span", {}, fault.sentence),
    fault.how_often ? h("small", {}, fault.how_often) : null));
}

function cell(bar: BarLikelihood, why: HTMLElement): HTMLElement {
  const nats = bar.natsPerNote;
  const said = nats === null ? "not judged" : `${nats.toFixed(2)} nats a note`;
  const tell_ = (): void => {
    why.replaceChildren(h("b", {}, `Bar ${bar.number}`), ` ${said}. `, bar.why ?? "");
  };
  const shade = h("span", { class: "shade" });
  shade.style.opacity = String(nats === null ? 0 : 0.08 + 0.92 * surprise(nats));
  const made = h("button", { type: "button", class: "heat-cell", "aria-label": `Bar ${bar.number}: ${said}`, title: `Bar ${bar.number}: ${said}` }, shade);
  made.addEventListener("click", () => {
    tell_();
    setRegion({ start: bar.tick, end: bar.end, parts: state.view!.parts.map((part) => part.index) });
    setPlayhead(bar.tick);
  });
  made.addEventListener("focus", tell_);
  made.addEventListener("mouseenter", tell_);
  return made;
}

// The parts: colour, name, who gets new notes, what is heard, and which the network must keep.

import { noteColour } from "./colours";
import { h, icon, setIcon } from "./dom";
import { on, select, setRegion, state, tell } from "./store";
import type { Part } from "./types";

export function partsPanel(): HTMLElement {
  const list = h("ul", { class: "parts", "aria-label": "Parts" });
  let shown = "";
  const build = (): void => {
    const view = state.view;
    if (!view) return;
    const now = `${view.id} ${view.parts.map((part) => part.name).join("|")} ${document.documentElement.dataset.theme}`;
    if (now !== shown) list.replaceChildren(...view.parts.map(line));
    shown = now;
    for (const [index, item] of [...list.children].entries()) mark(item as HTMLElement, index);
  };
  on(["view", "parts", "theme"], build);
  return list;
}

function mark(item: HTMLElement, index: number): void {
  item.classList.toggle("current", state.part === index);
  const mute = item.querySelector<HTMLButtonElement>(".mute")!;
  const name = item.dataset.name!;
  const silent = state.muted.has(index);
  setIcon(mute, silent ? "silent" : "speaker", silent ? `Let ${name} sound` : `Mute ${name}`);
  mute.setAttribute("aria-pressed", String(silent));
  const keep = item.querySelector<HTMLButtonElement>(".keep")!;
  const kept = state.kept.has(index);
  setIcon(keep, kept ? "lock" : "unlock", `Keep ${name} as it is`);
  keep.setAttribute("aria-pressed", String(kept));
  item.querySelector(".part-name")!.setAttribute("aria-pressed", String(state.part === index));
}

function line(part: Part): HTMLElement {
  const name = part.name || `Part ${part.index + 1}`;
  const swatch = h("span", { class: "swatch" });
  const hand = (staff: number): string => noteColour(state.view!, { part: part.index, staff });
  swatch.style.background = part.staves === 2 ? `linear-gradient(${hand(1)} 50%, ${hand(2)} 50%)` : hand(1);
  const flip = (set: Set<number>): void => {
    if (!set.delete(part.index)) set.add(part.index);
    tell("parts");
    tell("selection");
  };
  const choose = (): void => {
    setRegion(null);
    select(state.view!.notes.filter((note) => note.part === part.index).map((note) => note.id));
    state.part = part.index;
    tell("parts");
  };
  const volume = h("input", { type: "range", min: 0, max: 1.27, step: 0.01, value: state.volume.get(part.index) ?? 1, "aria-label": `Volume of ${name}` });
  volume.addEventListener("input", () => {
    state.volume.set(part.index, Number(volume.value));
    tell("parts");
  });
  const button = (kind: string, onclick: () => void): HTMLElement =>
    h("button", { type: "button", class: `icon-button ${kind}`, onclick }, icon("speaker"));
  return h("li", { class: "part", "data-name": name },
    h("button", { type: "button", class: "part-name", title: `Select all of ${name}`, onclick: choose }, swatch, h("span", {}, name)),
    volume, button("mute", () => flip(state.muted)), button("keep", () => flip(state.kept)));
}

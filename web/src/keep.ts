// "Keep this voice": chips, one for each part or hand, that say what the network must leave as it is.

import { noteColour } from "./colours";
import { h } from "./dom";
import { linesOf, type Line } from "./lines";
import { on, state, tell } from "./store";
import type { View, Wish } from "./types";

export function keepChips(): HTMLElement {
  const chips = h("div", { class: "chips", role: "group", "aria-labelledby": "keep-says" });
  let shown = "";
  on(["view", "parts", "theme"], () => {
    const lines = state.view ? linesOf(state.view) : [];
    const now = `${lines.map((line) => line.name).join("|")} ${document.documentElement.dataset.theme}`;
    if (now !== shown) chips.replaceChildren(...lines.map(chip));
    shown = now;
    for (const line of lines) chips.children[line.index]!.setAttribute("aria-pressed", String(state.kept.has(line.index)));
  });
  return h("div", { class: "row keep-row", "data-wish": "keep" }, h("span", { class: "row-says", id: "keep-says" }, "Keep"), chips);
}

function chip(line: Line): HTMLElement {
  const swatch = h("span", { class: "swatch" });
  swatch.style.background = noteColour(state.view!, line);
  const flip = (): void => {
    if (!state.kept.delete(line.index)) state.kept.add(line.index);
    tell("parts");
  };
  return h("button", { type: "button", class: "chip keep", "aria-label": `Keep ${line.name} as it is`, title: `Keep ${line.name} as it is`, onclick: flip }, swatch, line.name);
}

/** Kept lines as the server is told of them: whole parts, or hands of a pianist alone. */
export function keptForServer(view: View): Pick<Wish, "keep" | "keep_staves"> {
  const kept = linesOf(view).filter((line) => state.kept.has(line.index));
  if (view.ensemble === "keyboard") return { keep: [], keep_staves: kept.map((line) => line.staff) };
  const whole = (part: number): boolean => linesOf(view).every((line) => line.part !== part || state.kept.has(line.index));
  return { keep: [...new Set(kept.map((line) => line.part))].filter(whole), keep_staves: [] };
}

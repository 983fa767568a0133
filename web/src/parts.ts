// The parts, or hands: colour, name, who gets new notes, and what is heard how loud.

import { noteColour } from "./colours";
import { announce, h, icon, setIcon } from "./dom";
import { linesOf, onLine, type Line } from "./lines";
import { hasLine, partsOf } from "./region";
import { isHeard, on, select, setRegion, state, tell } from "./store";

export function partsPanel(): HTMLElement {
  const list = h("ul", { class: "parts", "aria-label": "Parts" });
  let shown = "";
  const build = (): void => {
    const view = state.view;
    if (!view) return;
    const lines = linesOf(view);
    const now = `${view.id} ${lines.map((line) => line.name).join("|")} ${document.documentElement.dataset.theme}`;
    if (now !== shown) list.replaceChildren(...lines.map(itemOf));
    shown = now;
    for (const line of lines) mark(list.children[line.index] as HTMLElement, line);
  };
  on(["view", "parts", "theme"], build);
  return list;
}

/** Whether new notes go there; of two hands neither is it until one is chosen, for till then each gets what is in its reach. */
const isCurrent = (line: Line): boolean => state.part === line.part && state.staff === line.staff;

function mark(item: HTMLElement, line: Line): void {
  item.classList.toggle("current", isCurrent(line));
  item.classList.toggle("unheard", !isHeard(line.index));
  const mute = item.querySelector<HTMLButtonElement>(".mute")!;
  const silent = state.muted.has(line.index);
  setIcon(mute, silent ? "silent" : "speaker", silent ? `Let ${line.name} sound` : `Mute ${line.name}`);
  mute.setAttribute("aria-pressed", String(silent));
  item.querySelector(".solo")!.setAttribute("aria-pressed", String(state.alone.has(line.index)));
  item.querySelector(".part-name")!.setAttribute("aria-pressed", String(isCurrent(line)));
}

function itemOf(line: Line): HTMLElement {
  const { name } = line;
  const swatch = h("span", { class: "swatch" });
  swatch.style.background = noteColour(state.view!, { part: line.part, staff: line.staff });
  const flip = (set: Set<number>): void => {
    if (!set.delete(line.index)) set.add(line.index);
    tell("parts");
  };
  const volume = h("input", { type: "range", class: "volume", min: 0, max: 1.27, step: 0.01, value: state.volume.get(line.index) ?? 1, "aria-label": `Volume of ${name}`, title: `Volume of ${name}` });
  const say = (): void => volume.setAttribute("aria-valuetext", `${Math.round(Number(volume.value) * 100)} percent`);
  volume.addEventListener("input", () => {
    state.volume.set(line.index, Number(volume.value));
    say();
    tell("parts");
  });
  say();
  const choose = (event: MouseEvent): void => chooseLine(line, event.shiftKey || event.ctrlKey || event.metaKey);
  return h("li", { class: "part", "data-name": name },
    h("button", { type: "button", class: "part-name", title: `Select ${name}; with bars marked, only its notes there (Shift adds)`, onclick: choose }, swatch, h("span", {}, name)),
    volume,
    h("button", { type: "button", class: "icon-button mute", onclick: () => flip(state.muted) }, icon("speaker")),
    h("button", { type: "button", class: "icon-button solo", title: `Hear ${name} alone`, "aria-label": `Hear ${name} alone`, onclick: () => flip(state.alone) }, "S"));
}

/** All notes of a line; where bars are marked, the line in these bars. */
function chooseLine(line: Line, add: boolean): void {
  const view = state.view!;
  const { region } = state;
  const own = view.notes.filter((note) => onLine(line, note)).map((note) => note.id);
  if (!region) select(own, add);
  else {
    const before = linesOf(view).filter((other) => hasLine(region, other));
    const alone = before.length === 1 && before[0]!.index === line.index;
    const now = !add ? [line] : before.some((other) => other.index === line.index) ? before.filter((other) => other.index !== line.index) : [...before, line];
    if (alone && !add) {
      setRegion(null);
      select(own);
    } else if (now.length) setRegion({ start: region.start, end: region.end, ...partsOf(view, now) });
  }
  state.part = line.part;
  state.staff = line.staff;
  announce(`${line.name} is selected; new notes go there`);
  tell("parts");
}

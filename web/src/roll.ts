// The piano-roll pane: its canvas, scrolling, zoom and tools.

import { h, iconButton } from "./dom";
import { heatLegend } from "./heat";
import { TOP, contentHeight, contentWidth, fillPane, fitPitches, frame, xOf, GUTTER } from "./roll-frame";
import { listenToMouse, mouse } from "./roll-mouse";
import { paintRoll } from "./roll-paint";
import { rollKey } from "./roll-keys";
import { lower, seeChosen, stay } from "./roll-sight";
import { roll, setLength } from "./roll-state";
import { on, state, tell } from "./store";
import { lengthName } from "./time";
import type { NoteId } from "./types";

const GRIDS: [number, string][] = [[24, "1/4"], [12, "1/8"], [8, "triplet"], [6, "1/16"], [3, "1/32"]];

const LENGTHS: [number, string][] = [[96, "1/1"], [72, "1/2 ."], [48, "1/2"], [36, "1/4 ."], [24, "1/4"], [18, "1/8 ."], [12, "1/8"], [8, "triplet"], [6, "1/16"], [3, "1/32"]];

export function rollPane(): HTMLElement {
  const canvas = h("canvas", {
    id: "roll",
    tabindex: 0,
    role: "application",
    "aria-label": "Piano-roll. Left and right go from note to note, up and down change the pitch, Shift with left and right the length. Press question mark for all keys.",
  });
  const spacer = h("div", { class: "roll-spacer" });
  const scroller = h("div", { class: "roll-scroll", tabindex: -1 }, spacer, canvas);
  let asked = 0;
  const repaint = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      paintRoll(canvas);
    });
  };
  const measure = (): void => {
    frame.width = scroller.clientWidth;
    frame.height = scroller.clientHeight;
    const high = frame.high;
    fillPane();
    if (frame.scrollY) lower(scroller, (frame.high - high) * frame.lane);
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(frame.width * ratio);
    canvas.height = Math.round(frame.height * ratio);
    canvas.style.width = `${frame.width}px`;
    canvas.style.height = `${frame.height}px`;
    spacer.style.width = `${contentWidth()}px`;
    spacer.style.height = `${contentHeight()}px`;
    repaint();
  };
  const zoom = (factor: number, middle = frame.width / 2): void => {
    const tick = (middle + frame.scrollX - GUTTER) / frame.perTick;
    frame.perTick = Math.max(0.25, Math.min(8, frame.perTick * factor));
    measure();
    scroller.scrollLeft = tick * frame.perTick + GUTTER - middle;
  };
  const heighten = (factor: number): void => {
    frame.lane = Math.max(5, Math.min(28, frame.lane * factor));
    measure();
  };
  scroller.addEventListener("scroll", () => {
    frame.scrollX = scroller.scrollLeft;
    frame.scrollY = scroller.scrollTop;
    repaint();
  });
  scroller.addEventListener(
    "wheel",
    (event) => {
      stay();
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const factor = Math.exp(-event.deltaY / 300);
      if (event.shiftKey) heighten(factor);
      else zoom(factor, event.clientX - scroller.getBoundingClientRect().left);
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    if ("+=-".includes(event.key) && !event.ctrlKey && !event.metaKey) {
      const factor = event.key === "-" ? 0.83 : 1.2;
      if (event.altKey) heighten(factor);
      else zoom(factor);
      event.preventDefault();
    } else if (rollKey(event)) event.preventDefault();
  });
  listenToMouse(canvas, repaint);
  new ResizeObserver(() => measure()).observe(scroller);
  let shown = "";
  let piece = "";
  let ids = new Set<NoteId>();
  on("view", () => {
    const view = state.view;
    if (!view) return;
    const now = `${view.id} ${view.parts.map((part) => part.name).join("|")}`;
    const high = frame.high;
    const kept = view.notes.filter((note) => ids.has(note.id)).length;
    const anew = now !== shown || (view.notes.length > 1 && kept < view.notes.length / 2);
    ids = new Set(view.notes.map((note) => note.id));
    fitPitches(anew);
    if (!anew) {
      spacer.style.height = `${contentHeight()}px`;
      lower(scroller, (frame.high - high) * frame.lane);
    } else {
      shown = now;
      const room = scroller.clientHeight - TOP;
      frame.lane = Math.max(9, Math.min(18, room / (frame.high - frame.low + 1)));
    }
    measure();
    if (view.id !== piece) scroller.scrollLeft = 0;
    piece = view.id;
    if (anew) centre(scroller);
  });
  on(["selection", "marks", "parts", "theme"], repaint);
  on("selection", () => seeChosen(scroller));
  on("playhead", () => {
    if (!mouse.down) follow(scroller);
    repaint();
  });
  on("reveal", () => follow(scroller));
  return h("section", { class: "pane roll-pane", "aria-label": "Piano-roll" }, tools(zoom, heighten), heatLegend(), scroller);
}

/** Brings the middle of the pitches to the middle of the pane. */
function centre(scroller: HTMLElement): void {
  stay();
  const pitches = state.view?.notes.map((note) => note.pitch) ?? [];
  const middle = pitches.length ? (Math.min(...pitches) + Math.max(...pitches)) / 2 : 64;
  scroller.scrollTop = (frame.high - middle + 0.5) * frame.lane - (frame.height - TOP) / 2;
}

/** Turns the roll like a page when the playhead leaves it. */
function follow(scroller: HTMLElement): void {
  const x = xOf(state.playhead);
  if (x > frame.width - 40 || x < GUTTER) scroller.scrollLeft = state.playhead * frame.perTick - 30;
}

function tools(zoom: (factor: number) => void, heighten: (factor: number) => void): HTMLElement {
  const choose = (tool: typeof roll.tool): HTMLButtonElement => {
    const name = tool === "select" ? "Select" : "Draw";
    const made = h("button", { type: "button", class: "segment", "aria-pressed": String(roll.tool === tool), "data-tool": tool }, name);
    made.addEventListener("click", () => {
      roll.tool = tool;
      for (const other of made.parentElement!.querySelectorAll<HTMLElement>("[data-tool]")) {
        other.setAttribute("aria-pressed", String(other.dataset.tool === tool));
      }
    });
    return made;
  };
  const grid = h("select", { class: "compact", id: "grid", "aria-label": "Grid", title: "Grid that notes snap to" });
  for (const [ticks, name] of GRIDS) grid.append(h("option", { value: ticks, selected: ticks === state.grid }, `Grid ${name}`));
  grid.addEventListener("change", () => {
    state.grid = Number(grid.value);
    tell("selection");
  });
  return h(
    "div",
    { class: "pane-head" },
    h("div", { class: "segments", role: "group", "aria-label": "Tool" }, choose("select"), choose("draw")),
    grid,
    lengths(),
    h("span", { class: "spring" }),
    iconButton("minus", "Narrower", () => zoom(0.8)),
    iconButton("plus", "Wider", () => zoom(1.25)),
    h("button", { type: "button", class: "icon-button tall", "aria-label": "Taller lanes", title: "Taller lanes", onclick: () => heighten(1.2) }, "↕+"),
    h("button", { type: "button", class: "icon-button tall", "aria-label": "Lower lanes", title: "Lower lanes", onclick: () => heighten(0.83) }, "↕−"),
  );
}

/** How long the next note will be; keys and what was drawn last set it too. */
function lengths(): HTMLElement {
  const made = h("select", { class: "compact", id: "note-length", "aria-label": "Length of the next note", title: "Length of the next note (keys 3 to 7, and . for a dot)" });
  roll.changed = () => {
    const known = LENGTHS.some(([ticks]) => ticks === roll.length);
    const all = known ? LENGTHS : [...LENGTHS, [roll.length, lengthName(roll.length)] as [number, string]];
    made.replaceChildren(...all.map(([ticks, name]) => h("option", { value: ticks }, `Note ${name}`)));
    made.value = String(roll.length);
  };
  roll.changed();
  made.addEventListener("change", () => setLength(Number(made.value)));
  return made;
}

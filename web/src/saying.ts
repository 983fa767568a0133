// What is selected, in words: on the page, and to those who listen to it.

import { announce, h } from "./dom";
import { regionNow, regionSays } from "./region";
import { on, state } from "./store";

/** Milliseconds of quiet after which a selection made by mouse is said aloud. */
const PAUSE_MS = 500;

export function selectionSays(): HTMLElement {
  const says = h("span", { class: "pane-note", id: "selection-says" });
  let timer = 0;
  on(["selection", "view"], () => {
    const region = state.view && regionNow();
    const n = state.selected.size;
    const notes = n ? `${n} ${n === 1 ? "note" : "notes"} · ` : "";
    const now = region ? notes + regionSays(state.view!, region) : "";
    if (now === says.textContent) return;
    says.textContent = says.title = now;
    clearTimeout(timer);
    // A single note says itself.
    if (n !== 1) timer = window.setTimeout(() => announce(now ? `Selected: ${now}` : "Nothing is selected"), PAUSE_MS);
  });
  return says;
}

// What stands on an empty page: the ways to begin.

import { byId, h, icon, type IconName } from "./dom";
import { chooseFile } from "./files";
import { on, state } from "./store";

const press = (id: string): void => byId(id).click();

function way(name: IconName, title: string, what: string, begin: () => void): HTMLElement {
  return h("li", {}, h("button", { type: "button", class: "way", onclick: begin }, icon(name), h("b", {}, title), h("span", {}, what)));
}

export function welcome(): HTMLElement {
  const card = h("section", { class: "welcome", id: "welcome", "aria-label": "How to begin", hidden: true },
    h("h3", {}, "This page is still empty."),
    h("ul", {},
      way("spark", "Compose a piece", "three to choose from, in a few seconds", () => {
        press("tab-write");
        document.querySelector<HTMLElement>("[data-verb=compose]")?.click();
        press("go");
      }),
      way("folder", "Open a file", "MIDI, MusicXML, ABC, kern or MEI; or drop it here", chooseFile),
      way("keys", "Type or play a melody", "as text, or on a MIDI keyboard", () => {
        press("tab-enter");
        byId("notation").focus();
      }),
      way("pencil", "Draw notes", "in the piano-roll at the right", () => {
        document.querySelector<HTMLElement>("[data-tool=draw]")?.click();
        byId("roll").focus();
      })));
  let away = "";
  // Once notes were drawn and undone one knows the ways.
  on("view", () => {
    const view = state.view;
    if (view?.notes.length) away = view.id;
    card.hidden = !view || view.notes.length > 0 || away === view.id;
  });
  return card;
}

// Melodies come in by typing in the plain-text notation, by a MIDI keyboard, and as files.

import * as api from "./api";
import { h } from "./dom";
import { fileRow, opened } from "./files";
import { keyboardRow } from "./midi-keyboard";
import { state } from "./store";

const EXAMPLE = "key: G major\nmeter: 3/4\n\nD5 G4e A4 B4 C5 | D5q G4 G4 |\nE5 C5e D5 E5 F#5 | G5q G4 G4 |";

export function enterPanel(): HTMLElement {
  const text = h("textarea", { id: "notation", rows: 9, spellcheck: "false", "aria-describedby": "notation-help" });
  text.value = EXAMPLE;
  const error = h("p", { class: "form-error", id: "notation-error", role: "alert" });
  const show = (cause: Error): void => {
    error.textContent = cause.message.replace(/^the file: /, "");
    mark(text, error.textContent);
  };
  const present = h("button", { type: "button", class: "secondary", id: "as-text", title: "Writes the piece that is open into the field, to change it there" }, "This piece as text");
  present.addEventListener("click", () => {
    error.textContent = "";
    if (state.view) api.pieceAsText(state.view.id).then((said) => (text.value = said), show);
  });
  const form = h("form", { class: "enter" },
    h("label", { for: "notation" }, "Melody as text"), text,
    error,
    h("div", { class: "button-row" }, h("button", { type: "submit", class: "secondary", id: "open-notation" }, "Open as a new piece"), present),
    h("details", { class: "quiet" }, h("summary", { id: "notation-help" }, "How it is written: C4q is middle C, a quarter"), notationHelp()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.textContent = "";
    const titled = /^\s*title:/m.test(text.value);
    api.createPiece({ notation: text.value, ...(titled ? {} : { title: "Melody" }) }).then(opened, show);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  return h("div", {}, form, fileRow(), keyboardRow());
}

function notationHelp(): HTMLElement {
  const signs: [string, string][] = [
    ["C4 F#5 Bb3", "notes; C4 is middle C"], ["w h q e s", "whole, half, quarter, eighth, sixteenth; lasts until the next length"],
    ["q. e3", "dotted, triplet"], ["r", "rest"], ["-", "the note before goes on (a tie)"], ["[C4 E4 G4]h", "chord"], ["|", "barline"],
  ];
  const list = h("dl", { class: "signs" });
  for (const [sign, what] of signs) list.append(h("dt", {}, h("code", {}, sign)), h("dd", {}, what));
  return list;
}

/** Puts the cursor where a message says that something is wrong. */
function mark(text: HTMLTextAreaElement, message: string): void {
  const where = /line (\d+)(?:, column (\d+))?/.exec(message);
  if (!where) return;
  const lines = text.value.split("\n");
  const [line, column] = [Number(where[1]) - 1, Number(where[2] ?? 1) - 1];
  const start = lines.slice(0, line).reduce((sum, own) => sum + own.length + 1, 0);
  text.focus();
  text.setSelectionRange(start + column, start + (lines[line]?.length ?? 0));
}

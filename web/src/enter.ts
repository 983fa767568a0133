// Melodies come in by typing, by a MIDI keyboard, and as files.

import * as api from "./api";
import { announce, h, toast } from "./dom";
import { audition } from "./player";
import { addNote } from "./roll-mouse";
import { roll } from "./roll-state";
import { setPlayhead, setView, state } from "./store";

const EXAMPLE = "key: G major\nmeter: 3/4\n\nD5 G4e A4 B4 C5 | D5q G4 G4 |\nE5 C5e D5 E5 F#5 | G5q G4 G4 |";

export function enterPanel(): HTMLElement {
  const text = h("textarea", { id: "notation", rows: 9, spellcheck: "false", "aria-describedby": "notation-help" });
  text.value = EXAMPLE;
  const error = h("p", { class: "form-error", role: "alert" });
  const form = h("form", { class: "enter" },
    h("label", { for: "notation" }, "Melody as text"), text,
    h("p", { class: "quiet", id: "notation-help" }, "C4 is middle C; q quarter, e eighth, h half, r rest, | barline. A length lasts until the next."),
    error, h("button", { type: "submit", class: "secondary" }, "Open as a new piece"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    error.textContent = "";
    api.createPiece({ notation: text.value, title: "Melody" }).then(opened, (cause: Error) => (error.textContent = cause.message));
  });
  return h("div", {}, form, fileRow(), keyboardRow());
}

function opened(view: Parameters<typeof setView>[0]): void {
  setView(view);
  announce(`${view.title} is open`);
  const said = [...(view.understood ?? []), ...(view.notices ?? [])];
  if (said.length) toast(said.slice(0, 3).join(" · "));
}

export async function openFile(file: File): Promise<void> {
  if (file.size > 2 * 1024 * 1024) return toast(`${file.name} is larger than 2 MB.`, "error");
  try {
    opened(await api.uploadPiece(file));
  } catch (cause) {
    toast(cause instanceof Error ? cause.message.replace(/^the file\b/, file.name) : String(cause), "error");
  }
}

function fileRow(): HTMLElement {
  const input = h("input", { type: "file", id: "file", hidden: true, "aria-label": "A file of music", accept: ".mid,.midi,.musicxml,.xml,.mxl,.abc,.krn,.mei,.txt" });
  input.addEventListener("change", () => {
    if (input.files?.[0]) void openFile(input.files[0]);
    input.value = "";
  });
  const button = h("button", { type: "button", class: "secondary", onclick: () => input.click() }, "Open a file…");
  return h("div", { class: "file-row" }, h("h2", {}, "A file"), h("p", { class: "quiet" }, "MIDI, MusicXML, ABC, kern or MEI; or drop it anywhere on the page."), button, input);
}

function keyboardRow(): HTMLElement {
  const says = h("p", { class: "quiet", role: "status" }, "Notes you play are written at the playhead, as long as the roll's next note.");
  const button = h("button", { type: "button", class: "secondary", id: "midi" }, "Connect a MIDI keyboard");
  button.addEventListener("click", () => void connect(says));
  return h("div", { class: "file-row" }, h("h2", {}, "A keyboard"), says, button);
}

async function connect(says: HTMLElement): Promise<void> {
  if (!("requestMIDIAccess" in navigator)) {
    says.textContent = "This browser knows no MIDI keyboards; Chrome, Edge and Firefox do.";
    return;
  }
  try {
    const access = await navigator.requestMIDIAccess();
    const listen = (): void => {
      for (const input of access.inputs.values()) input.onmidimessage = heard;
      const names = [...access.inputs.values()].map((input) => input.name ?? "keyboard");
      says.textContent = names.length ? `Listening to ${names.join(", ")}.` : "No keyboard is connected yet; plug one in.";
    };
    access.onstatechange = listen;
    listen();
  } catch {
    says.textContent = "The browser did not allow it; look for the MIDI sign beside the address.";
  }
}

let held = 0;
let chordAt = 0;

/** Keys pressed together are a chord; the playhead goes on when the last is let go. */
function heard(event: MIDIMessageEvent): void {
  const [status = 0, pitch = 0, velocity = 0] = event.data ?? [];
  const kind = status & 0xf0;
  if (kind === 0x90 && velocity > 0) {
    if (held === 0) chordAt = Math.round(state.playhead / 3) * 3;
    held += 1;
    audition(pitch, state.part);
    addNote(chordAt, roll.length, pitch);
  } else if ((kind === 0x80 || kind === 0x90) && held > 0) {
    held -= 1;
    if (held === 0) setPlayhead(chordAt + roll.length);
  }
}

/** Files dropped anywhere on the page. */
export function listenToDrops(): void {
  let depth = 0;
  const bears = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (): void => void document.body.classList.toggle("dropping", depth > 0);
  addEventListener("dragenter", (event) => {
    if (bears(event)) depth += 1;
    mark();
  });
  addEventListener("dragleave", (event) => {
    if (bears(event)) depth = Math.max(0, depth - 1);
    mark();
  });
  addEventListener("dragover", (event) => {
    if (bears(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    depth = 0;
    mark();
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    void openFile(file);
  });
}

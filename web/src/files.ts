// Files of music: chosen, or dropped anywhere on the page.

import * as api from "./api";
import { announce, byId, h, toast } from "./dom";
import { loadSheet } from "./sheets";
import { inWords, reasonOf } from "./wording";
import { setView } from "./store";
import type { View } from "./types";

const MAX_BYTES = 2 * 1024 * 1024;

/** Shows a piece that has just been opened, and says what its file was taken for. */
export function opened(view: View): void {
  setView(view);
  announce(`${view.title} is open`);
  const said = [...(view.understood ?? []), ...(view.notices ?? [])].map(inWords);
  if (said.length) toast(said.slice(0, 3).join(" · "), "note", 9000);
}

async function openFile(file: File): Promise<void> {
  if (/\.toml$/i.test(file.name)) return loadSheet(file);
  if (file.size > MAX_BYTES) return toast(`${file.name} is larger than 2 MB.`, "error");
  document.body.classList.add("opening");
  try {
    opened(await api.uploadPiece(file));
  } catch (cause) {
    const why = reasonOf(cause);
    const where = why.startsWith("the file") ? why.replace("the file", file.name) : `${file.name}: ${why}`;
    toast(`${inWords(where).replace(/\.$/, "")}. Your piece is as it was.`, "error");
  } finally {
    document.body.classList.remove("opening");
  }
}

export const chooseFile = (): void => byId<HTMLInputElement>("file").click();

export function fileRow(): HTMLElement {
  const input = h("input", { type: "file", id: "file", hidden: true, "aria-label": "A file of music", accept: ".mid,.midi,.kar,.musicxml,.xml,.mxl,.abc,.krn,.mei,.txt" });
  input.addEventListener("change", () => {
    if (input.files?.[0]) void openFile(input.files[0]);
    input.value = "";
  });
  const button = h("button", { type: "button", class: "secondary", onclick: chooseFile }, "Open a file…");
  return h("div", { class: "file-row" }, h("h2", {}, "A file"), h("p", { class: "quiet" }, "MIDI, MusicXML, ABC, kern or MEI; or drop it anywhere on the page."), button, input);
}

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
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    void openAll(files);
  });
}

/** One after the other; the last stays open, the others are among the pieces. */
async function openAll(files: File[]): Promise<void> {
  for (const file of files) await openFile(file);
}

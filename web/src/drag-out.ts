// Dragging music out of the page: to the desktop or into a DAW, as a MIDI file with named tracks.

export interface OutFile {
  name: string;
  url: string;
}

/** Why it says so: only Chromium's browsers make a file of what is dragged; the others take the link. */
export const DRAG_SAYS = "Drag to the desktop or into a DAW as MIDI (Chrome, Edge); in other browsers click to download";

/** A name that every file system takes. */
export const fileName = (title: string): string => `${title.replace(/[^\p{L}\p{N} ()_.,-]/gu, "-").trim() || "piece"}.mid`;

/** Makes a link a thing that can be dragged out as a file; a click on it downloads. */
export function dragsOut(link: HTMLAnchorElement, file: () => OutFile | null): void {
  link.draggable = true;
  link.addEventListener("dragstart", (event) => {
    const out = file();
    if (!out || !event.dataTransfer) return event.preventDefault();
    const url = new URL(out.url, location.href).href;
    event.dataTransfer.effectAllowed = "copy";
    event.dataTransfer.setData("DownloadURL", `audio/midi:${out.name}:${url}`);
    event.dataTransfer.setData("text/uri-list", url);
  });
}

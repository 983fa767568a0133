// All keys, in one dialog.

import { dialog, h } from "./dom";

const KEYS: [string, [string, string][]][] = [
  ["Anywhere", [
    ["Space", "play, pause"], ["Home", "to the beginning"], ["Ctrl Z", "undo"], ["Ctrl Shift Z", "redo"],
    ["F6", "go from pane to pane"], ["M", "mute the current part"], ["?", "this page"],
  ]],
  ["In the piano-roll", [
    ["← →", "from note to note"], ["↑ ↓", "a semitone up, down"], ["Shift ↑ ↓", "an octave"],
    ["Shift ← →", "shorter, longer"], ["Alt ← →", "earlier, later"], ["Delete", "delete"], ["Ctrl A", "select all"], ["+ −", "wider, narrower; with Alt the lanes"], ["Esc", "select nothing"],
  ]],
  ["To write", [
    ["C D E F G A B", "a note of that name at the playhead"], ["Enter", "a G; the arrows then move it"], ["R", "a rest"],
    ["3 4 5 6 7", "sixteenth, eighth, quarter, half, whole"],
  ]],
  ["With the mouse", [
    ["drag a note", "moves it; its right end lengthens it"], ["double click", "a new note; or choose Draw"],
    ["right click", "deletes a note"], ["drag a rectangle", "selects notes"], ["ruler, score", "drag over bars to mark them"], ["Ctrl wheel", "zoom; with Shift the lanes"],
  ]],
];

export function help(): void {
  if (document.querySelector("dialog[open]")) return;
  const sections = KEYS.map(([name, keys]) => {
    const list = h("dl", { class: "keys" });
    for (const [key, what] of keys) list.append(h("dt", {}, h("kbd", {}, key)), h("dd", {}, what));
    return h("section", {}, h("h3", {}, name), list);
  });
  dialog("Keys", h("div", { class: "key-columns" }, ...sections), h("p", { class: "quiet" }, "Nothing you write leaves this computer unless you started the server for others."));
}

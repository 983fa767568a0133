// All keys, in one dialog.

import { dialog, h } from "./dom";

const KEYS: [string, [string, string][]][] = [
  ["Anywhere", [
    ["Space", "play, pause"], ["Home", "to the beginning"], ["Ctrl Z", "undo"], ["Ctrl Shift Z", "redo"],
    ["L", "repeat the selection"], ["M", "mute the current part"], ["Ctrl C X V", "copy, cut, paste at the playhead"], ["Ctrl D", "once more, right after"],
    ["F6", "go from pane to pane"], ["?", "this page"],
  ]],
  ["In the piano-roll", [
    ["← →", "from note to note"], ["↑ ↓", "a semitone up, down"], ["Shift ↑ ↓", "an octave"],
    ["Shift ← →", "shorter, longer"], ["Alt ← →", "earlier, later"], ["Delete", "delete"], ["Ctrl A", "select all"], ["+ −", "wider, narrower; with Alt the lanes"], ["Esc", "select nothing"],
  ]],
  ["In the score", [["← →", "from bar to bar; Shift marks more"], ["Delete", "deletes what is selected"]]],
  ["Among candidates", [["1 2 3", "choose one"], ["Space", "listen"], ["Enter", "take it"], ["N", "three others"]]],
  ["To write", [
    ["C D E F G A B", "a note of that name at the playhead"], ["Enter", "a G; the arrows then move it"], ["R", "a rest"],
    ["3 4 5 6 7", "sixteenth, eighth, quarter, half, whole"], [".", "dotted"],
  ]],
  ["With the mouse", [
    ["drag a note", "moves it; its right end lengthens it"], ["double click", "a new note; or choose Draw"],
    ["right click", "deletes a note"], ["drag a rectangle", "selects notes, in roll and score"], ["ruler, score", "click or drag along bars to mark them"], ["Ctrl wheel", "zoom; with Shift the lanes"],
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

// A MIDI keyboard: what is played on it is heard, and written at the playhead, step by step.

import { announce, h } from "./dom";
import { audition } from "./player";
import { addNote } from "./roll-mouse";
import { roll } from "./roll-state";
import { setPlayhead, staffFor, state } from "./store";

const IDLE = "Notes you play are written at the playhead, each as long as “Note” above the roll says. Keys held together make a chord.";

export function keyboardRow(): HTMLElement {
  const says = h("p", { class: "quiet", role: "status", id: "midi-says" }, IDLE);
  const button = h("button", { type: "button", class: "secondary", id: "midi" }, "Connect a MIDI keyboard");
  const rest = h("button", { type: "button", class: "secondary", id: "midi-rest", hidden: true, onclick: advance }, "Rest");
  button.addEventListener("click", () => void connect(says, button, rest));
  return h("div", { class: "file-row" }, h("h2", {}, "A MIDI keyboard"), says, h("div", { class: "button-row" }, button, rest));
}

let access: MIDIAccess | null = null;

async function connect(says: HTMLElement, button: HTMLButtonElement, rest: HTMLElement): Promise<void> {
  if (access) return disconnect(says, button, rest);
  if (typeof navigator.requestMIDIAccess !== "function") {
    says.textContent = window.isSecureContext
      ? "This browser knows no MIDI keyboards; Chrome, Edge and Firefox do."
      : "Browsers let a page hear MIDI keyboards only on this computer itself, or over https.";
    return;
  }
  says.textContent = "Waiting for your leave: the browser asks beside the address.";
  try {
    access = await navigator.requestMIDIAccess();
  } catch (cause) {
    const refused = cause instanceof DOMException && (cause.name === "SecurityError" || cause.name === "NotAllowedError");
    says.textContent = refused
      ? "The browser did not allow it. Click the sign beside the address, allow MIDI devices, and connect again."
      : "The browser could not open its MIDI devices; close other programs that use them, and connect again.";
    return;
  }
  const listen = (): void => {
    if (!access) return;
    const inputs = [...access.inputs.values()].filter((input) => input.state !== "disconnected");
    for (const input of inputs) input.onmidimessage = heard;
    const names = inputs.map((input) => input.name || "keyboard");
    says.textContent = names.length
      ? `Listening to ${names.join(", ")}. Play: each note is written at the playhead, as long as “Note” above the roll says.`
      : "No keyboard is connected yet; plug one in and it is heard.";
    rest.hidden = !names.length;
  };
  access.onstatechange = listen;
  button.textContent = "Stop listening";
  listen();
}

function disconnect(says: HTMLElement, button: HTMLButtonElement, rest: HTMLElement): void {
  for (const input of access!.inputs.values()) input.onmidimessage = null;
  access!.onstatechange = null;
  access = null;
  held.clear();
  button.textContent = "Connect a MIDI keyboard";
  says.textContent = IDLE;
  rest.hidden = true;
}

const held = new Set<number>();
let chordAt = 0;

/** Keys pressed together are a chord; the playhead goes on when the last is let go. */
function heard(event: MIDIMessageEvent): void {
  const [status = 0, pitch = 0, velocity = 0] = event.data ?? [];
  const kind = status & 0xf0;
  if (kind === 0x90 && velocity > 0) {
    if (held.size === 0) chordAt = Math.round(state.playhead);
    if (held.has(pitch)) return;
    held.add(pitch);
    audition(pitch, state.part, staffFor(pitch));
    addNote(chordAt, roll.length, pitch, velocity);
  } else if ((kind === 0x80 || kind === 0x90) && held.delete(pitch) && held.size === 0) {
    setPlayhead(chordAt + roll.length);
  }
}

function advance(): void {
  setPlayhead(Math.round(state.playhead) + roll.length);
  announce("Rest");
}

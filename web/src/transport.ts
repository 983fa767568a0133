// The bar at the foot: play, stop, where it is, how fast.

import { announce, h, iconButton, setIcon, toast } from "./dom";
import { clock, play, player, seek, setSpeed, stop } from "./player";
import { on, setPlayhead, state, tell } from "./store";
import { place, secondsAt } from "./time";

export async function toggle(): Promise<void> {
  if (!state.view) return;
  if (state.playing) return stop();
  try {
    await play(state.view, state.playhead);
  } catch {
    toast("The sound could not be started in this browser; download the WAV instead.", "error");
  }
}

/** Repeats the selection or, where there is none, the piece. */
export function toggleLoop(): void {
  player.loop = !player.loop;
  announce(player.loop ? "Repeats" : "Does not repeat");
  tell("busy");
}

export function rewind(): void {
  if (state.playing) seek(0);
  else setPlayhead(0);
}

export function transportBar(): HTMLElement {
  const button = iconButton("play", "Play (Space)", () => void toggle(), { id: "play", class: "icon-button play" });
  const loop = iconButton("loop", "Repeat the selection, or all (L)", toggleLoop, { id: "loop", "aria-pressed": "false" });
  on("busy", () => loop.setAttribute("aria-pressed", String(player.loop)));
  const where = h("output", { class: "where", id: "where", "aria-label": "Position" });
  const slider = h("input", { type: "range", class: "position", min: 0, max: 100, step: 1, value: 0, "aria-label": "Position in the piece" });
  slider.addEventListener("input", () => seek(Number(slider.value)));
  on("view", () => (slider.max = String(state.view?.end ?? 100)));
  const bar = h("footer", { class: "transport", id: "transport", "data-playing": "false" });
  on(["playhead", "view"], () => {
    const { view } = state;
    if (!view) return;
    const { bar: number, beat } = place(view, state.playhead);
    const seconds = Math.floor(secondsAt(view, state.playhead) / player.speed);
    where.replaceChildren(h("b", {}, `${number}.${beat}`), ` ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    slider.value = String(Math.round(state.playhead));
    slider.setAttribute("aria-valuetext", `bar ${number}, beat ${beat}`);
    bar.dataset.clock = clock().toFixed(2);
  });
  on("busy", () => {
    setIcon(button, state.playing ? "pause" : "play", state.playing ? "Pause (Space)" : "Play (Space)");
    bar.dataset.playing = String(state.playing);
  });
  bar.append(iconButton("start", "To the beginning", rewind), button, loop, where, slider, tempo());
  return bar;
}

function tempo(): HTMLElement {
  const slider = h("input", { type: "range", id: "tempo", min: 30, max: 220, step: 1, value: 96 });
  const says = h("output", { for: "tempo", class: "tempo-says" });
  let own = 0;
  const say = (): void => {
    says.textContent = slider.value;
    slider.setAttribute("aria-valuetext", `${slider.value} quarters a minute`);
  };
  let shown = "";
  on("view", () => {
    const wanted = state.view?.tempo[0]?.qpm ?? 96;
    if (state.view && (state.view.id !== shown || wanted !== own)) {
      shown = state.view.id;
      own = wanted;
      slider.value = String(Math.round(own));
      setSpeed(1);
    }
    say();
  });
  slider.addEventListener("input", () => {
    setSpeed(Number(slider.value) / own);
    say();
  });
  return h("label", { class: "tempo", title: "Tempo of playing, quarters a minute" }, h("span", {}, "♩ ="), says, slider, h("span", { class: "hidden" }, "Tempo"));
}

// The panel that asks the network: what to do, and how it should sound.

import * as api from "./api";
import { begin } from "./candidates";
import { h, toast } from "./dom";
import { regionNow, regionSays } from "./region";
import { on, state } from "./store";
import type { Choices, Verb } from "./types";

const SAYS: Record<Verb, string> = {
  compose: "A new piece from nothing but these wishes.",
  continue: "More bars after the last one, in the manner of what is there.",
  harmonize: "Voices under and around the melody; the kept voice stays as it is.",
  infill: "The selected bars anew; what stands around them stays.",
  vary: "The selected bars, or all of them, a little differently.",
};
const NAMES: Record<Verb, string> = { compose: "Compose", continue: "Continue", harmonize: "Harmonize", infill: "Infill", vary: "Vary" };
const ORDER: Verb[] = ["compose", "continue", "harmonize", "infill", "vary"];

let choices: Choices = { ensembles: [], keys: [], verbs: ORDER };

/** A labelled row of the form. */
function row(label: string, field: HTMLElement, name: string): HTMLElement {
  field.id = `wish-${name}`;
  return h("div", { class: "row", "data-wish": name }, h("label", { for: field.id }, label), field);
}

const options = (select: HTMLSelectElement, values: string[], free: string): void => {
  const before = select.value;
  select.replaceChildren(h("option", { value: "" }, free), ...values.map((value) => h("option", { value }, value)));
  if (values.includes(before)) select.value = before;
};

export function verbsPanel(): HTMLElement {
  const ensemble = h("select");
  const style = h("select");
  const key = h("select");
  const meter = h("select");
  const form = h("select");
  const bars = h("input", { type: "number", min: 1, max: 128, value: 8, inputmode: "numeric" });
  const bold = h("input", { type: "range", min: 0.5, max: 1.4, step: 0.05, value: 0.9 });
  const boldSays = h("output", { class: "says" }, "0.90");
  const strength = h("input", { type: "range", min: 0.1, max: 1, step: 0.1, value: 0.3 });
  bold.addEventListener("input", () => (boldSays.textContent = Number(bold.value).toFixed(2)));
  const refill = (): void => {
    const chosen = choices.ensembles.find((own) => own.name === ensemble.value) ?? choices.ensembles[0];
    options(style, chosen?.styles ?? [], "as it comes");
    options(meter, chosen?.meters ?? [], "as it comes");
    options(form, chosen?.forms ?? [], "free");
    form.disabled = !chosen?.forms.length;
  };
  ensemble.addEventListener("change", refill);
  // Sections of a form have one length.
  form.addEventListener("change", () => {
    const sections = form.value.length;
    if (sections && Number(bars.value) % sections) bars.value = String(4 * sections);
  });
  void api.choices().then((told) => {
    choices = told;
    ensemble.replaceChildren(...told.ensembles.map(({ name }) => h("option", { value: name }, name)));
    options(key, told.keys, "as it comes");
    refill();
  }, (cause: Error) => toast(cause.message, "error"));

  const wishes = (): Record<string, string | number> => {
    const all: Record<string, string | number> = {
      ensemble: ensemble.value, style: style.value, key: key.value, meter: meter.value, form: form.value,
      bars: Number(bars.value), temperature: Number(bold.value), strength: Number(strength.value),
    };
    const asked = USES[verb];
    return Object.fromEntries(Object.entries(all).filter(([name, value]) => asked.includes(name) && value !== "" && value !== 0));
  };

  let verb: Verb = "compose";
  const says = h("p", { class: "verb-says", id: "verb-says" });
  const go = h("button", { type: "submit", class: "primary", id: "go" });
  const target = h("p", { class: "target" });
  const buttons = ORDER.map((name) => h("button", { type: "button", class: "verb", "data-verb": name, onclick: () => choose(name) }, NAMES[name]));
  const rows = h("div", { class: "rows" },
    row("Ensemble", ensemble, "ensemble"), row("Style", style, "style"), row("Key", key, "key"), row("Metre", meter, "meter"),
    row("Bars", bars, "bars"), row("Form", form, "form"),
    row("Boldness", h("div", { class: "slider" }), "temperature"), row("How much", strength, "strength"));
  const slider = rows.querySelector<HTMLElement>("#wish-temperature")!;
  slider.removeAttribute("id");
  bold.id = "wish-temperature";
  slider.append(bold, boldSays);

  const aim = (): void => {
    const region = state.view && regionNow();
    const needs = verb === "infill" && !region;
    const where = verb === "infill" || verb === "vary" ? (region ? `Works on ${regionSays(state.view!, region)}.` : verb === "vary" ? "Works on the whole piece." : "Select bars in the score or the roll first.") : "";
    const kept = [...state.kept].map((index) => state.view?.parts[index]?.name || `part ${index + 1}`);
    const keeps = kept.length && verb !== "compose" && verb !== "continue" ? ` Keeps ${kept.join(", ")}.` : "";
    target.textContent = where + keeps;
    go.disabled = needs;
  };
  const choose = (name: Verb): void => {
    verb = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verb === name));
    says.textContent = SAYS[name];
    go.textContent = NAMES[name];
    for (const own of rows.children as HTMLCollectionOf<HTMLElement>) own.hidden = !USES[name].includes(own.dataset.wish!);
    aim();
  };
  choose("compose");
  on(["selection", "view", "parts"], aim);
  const made = h("form", { class: "verbs", "aria-label": "Ask the network" }, h("div", { class: "verb-row", role: "group", "aria-label": "What to do" }, ...buttons), says, rows, target, go);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(verb, wishes());
  });
  return made;
}

/** Which wishes a verb listens to. */
const USES: Record<Verb, string[]> = {
  compose: ["ensemble", "style", "key", "meter", "bars", "form", "temperature"],
  continue: ["style", "bars", "temperature"],
  harmonize: ["style", "key", "temperature"],
  infill: ["style", "temperature"],
  vary: ["style", "temperature", "strength"],
};

async function ask(verb: Verb, wished: Record<string, string | number>): Promise<void> {
  const { view } = state;
  if (!view) return;
  const keep = verb === "compose" || verb === "continue" ? [] : [...state.kept];
  const selection = verb === "infill" || verb === "vary" ? regionNow() : null;
  try {
    const wish = { revision: view.revision, verb, selection, keep, candidates: 3, options: wished };
    const { job } = await api.startVerb(view.id, wish);
    begin(job, wish.candidates, NAMES[verb]);
  } catch (cause) {
    toast(cause instanceof Error ? cause.message : String(cause), "error");
  }
}

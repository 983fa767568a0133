// The panel that asks the network: what to do, and how it should sound.

import * as api from "./api";
import { begin } from "./candidates";
import { h, hideToast, toast } from "./dom";
import { keepChips, keptForServer } from "./keep";
import { linesOf, listed } from "./lines";
import { grouped, spoken } from "./names";
import { regionNow, regionSays } from "./region";
import { on, state } from "./store";
import { USES, formSays, settled, settledSays, verbSays } from "./wishes";
import { inWords, reasonOf } from "./wording";
import type { Choices, Verb, Wish } from "./types";

const SAYS: Record<Verb, string> = {
  compose: "A new piece from nothing but these wishes.",
  continue: "More bars after the last one, in the manner of what is there.",
  harmonize: "Voices under and around the melody; the kept voice stays as it is.",
  infill: "The selected bars anew; what stands around them stays.",
  vary: "The selected bars, or all of them, a little differently.",
};
const NAMES: Record<Verb, string> = { compose: "Compose", continue: "Continue", harmonize: "Harmonize", infill: "Infill", vary: "Vary" };
const ORDER: Verb[] = ["compose", "continue", "harmonize", "infill", "vary"];
const ANY = "as it comes";

let choices: Choices = { ensembles: [], keys: [], verbs: ORDER };
let verb: Verb = "compose";

/** A labelled row of the form; under it stands why it cannot be changed, if it cannot. */
function row(label: string, field: HTMLElement, name: string): HTMLElement {
  if (!field.id) field.id = `wish-${name}`;
  const why = h("small", { class: "why-not", id: `why-${name}`, hidden: true });
  field.setAttribute("aria-describedby", why.id);
  return h("div", { class: "row", "data-wish": name }, h("label", { for: field.id }, label), field, why);
}

function options(select: HTMLSelectElement, values: string[], free: string, groups: [string, string[]][] = [["", values]]): void {
  const before = select.value;
  const lines = (own: string[]): HTMLElement[] => own.map((value) => h("option", { value }, spoken(value)));
  select.replaceChildren(h("option", { value: "" }, free), ...groups.flatMap(([label, own]) => (label ? [h("optgroup", { label }, ...lines(own))] : lines(own))));
  if (values.includes(before)) select.value = before;
}

interface Fields {
  ensemble: HTMLSelectElement;
  style: HTMLSelectElement;
  key: HTMLSelectElement;
  meter: HTMLSelectElement;
  form: HTMLSelectElement;
  bars: HTMLInputElement;
  bold: HTMLInputElement;
  strength: HTMLInputElement;
}

function slider(field: HTMLInputElement, name: string, title: string, say: (value: number) => string): HTMLElement {
  const says = h("output", { class: "says" }, say(Number(field.value)));
  field.id = `wish-${name}`;
  field.title = title;
  for (const told of ["input", "suggest"]) field.addEventListener(told, () => (says.textContent = say(Number(field.value))));
  return h("div", { class: "slider", title }, field, says);
}

function rowsOf(fields: Fields): HTMLElement {
  const bold = slider(fields.bold, "temperature", "Temperature: to the left tamer, to the right bolder", (value) => value.toFixed(2));
  const strength = slider(fields.strength, "strength", "Share of the beats that are written anew", (value) => `${Math.round(value * 100)} %`);
  const rows = h("div", { class: "rows" },
    row("Ensemble", fields.ensemble, "ensemble"), row("Style", fields.style, "style"), row("Key", fields.key, "key"), row("Metre", fields.meter, "meter"),
    row("Bars", fields.bars, "bars"), row("Form", fields.form, "form"), row("How much", strength, "strength"), row("Boldness", bold, "temperature"));
  for (const name of ["temperature", "strength"]) rows.querySelector(`[data-wish=${name}] label`)!.setAttribute("for", `wish-${name}`);
  for (const own of [bold, strength]) own.removeAttribute("id");
  rows.append(keepChips());
  return rows;
}

export function verbsPanel(): HTMLElement {
  const fields: Fields = {
    ensemble: h("select"), style: h("select"), key: h("select"), meter: h("select"), form: h("select"),
    bars: h("input", { type: "number", min: 1, max: 64, value: 8, inputmode: "numeric", required: true }),
    bold: h("input", { type: "range", min: 0.5, max: 1.4, step: 0.05, value: 0.9 }),
    strength: h("input", { type: "range", min: 0.1, max: 1, step: 0.1, value: 0.3 }),
  };
  const says = h("p", { class: "verb-says", id: "verb-says" });
  const go = h("button", { type: "submit", class: "primary", id: "go", "aria-describedby": "target" });
  const target = h("p", { class: "target", id: "target" });
  const rows = rowsOf(fields);
  const buttons = ORDER.map((name) => h("button", { type: "button", class: "verb", "data-verb": name, onclick: () => choose(name) }, NAMES[name]));
  let offered = "";
  let touched = false;
  fields.strength.addEventListener("input", () => (touched = true));
  let piece = "";
  const refresh = (): void => {
    // Wishes for one piece are none for the next.
    if (state.view && state.view.id !== piece) forget(fields);
    piece = state.view?.id ?? "";
    const whose = settled(verb, state.view) || fields.ensemble.value;
    if (whose !== offered) offer(fields, whose);
    offered = whose;
    explain(rows, fields);
    if (!touched) suggest(fields.strength);
    const wrong = verbSays(verb);
    target.textContent = wrong || aim();
    target.classList.toggle("wanting", wrong !== "");
    go.disabled = wrong !== "" || formSays(heardForm(fields), Number(fields.bars.value)) !== "";
  };
  const choose = (name: Verb): void => {
    // A key that was wished for a new piece is no wish to change the key of one that is there.
    if ((name === "compose") !== (verb === "compose")) fields.key.value = "";
    verb = name;
    fields.bars.min = name === "compose" ? "2" : "1";
    if (fields.key.options[0]) fields.key.options[0].textContent = name === "compose" ? ANY : "as it is";
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verb === name));
    says.textContent = SAYS[name];
    go.textContent = NAMES[name];
    for (const own of rows.children as HTMLCollectionOf<HTMLElement>) own.hidden = !USES[name].includes(own.dataset.wish!);
    refresh();
  };
  // Sections of a form have one length.
  fields.form.addEventListener("change", () => {
    if (formSays(fields.form.value, Number(fields.bars.value))) fields.bars.value = String(4 * fields.form.value.length);
  });
  const made = h("form", { class: "verbs", "aria-label": "Ask the network" }, h("div", { class: "verb-row", role: "group", "aria-label": "What to do" }, ...buttons), says, rows, h("div", { class: "verb-foot" }, target, go));
  made.addEventListener("input", refresh);
  made.addEventListener("change", refresh);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(verb, wishes(fields));
  });
  void api.choices().then((told) => {
    choices = told;
    fields.ensemble.replaceChildren(...told.ensembles.map(({ name }) => h("option", { value: name }, spoken(name))));
    options(fields.key, told.keys, ANY);
    refresh();
  }, (cause: Error) => toast(cause.message, "error"));
  choose("compose");
  on(["selection", "view", "parts"], refresh);
  return made;
}

/** Of a few bars more beats are written anew than of a whole piece, or chance may leave them as they are. */
function suggest(strength: HTMLInputElement): void {
  const wanted = regionNow() ? "0.6" : "0.3";
  if (strength.value === wanted) return;
  strength.value = wanted;
  strength.dispatchEvent(new Event("suggest"));
}

function forget(fields: Fields): void {
  for (const list of [fields.ensemble, fields.style, fields.key, fields.meter, fields.form]) list.selectedIndex = 0;
  fields.bars.value = "8";
}

/** Fills the lists that depend on who plays. */
function offer(fields: Fields, ensemble: string): void {
  const chosen = choices.ensembles.find((own) => own.name === ensemble) ?? choices.ensembles[0];
  options(fields.style, chosen?.styles ?? [], ANY, grouped(chosen?.styles ?? []));
  options(fields.meter, chosen?.meters ?? [], ANY);
  options(fields.form, chosen?.forms ?? [], "free");
}

const heardForm = (fields: Fields): string => (verb === "compose" ? fields.form.value : "");

/** Says beside a control why it is not to be changed, or what is wrong with it. */
function explain(rows: HTMLElement, fields: Fields): void {
  const whose = settled(verb, state.view);
  fields.ensemble.disabled = whose !== "";
  if (whose) fields.ensemble.value = whose;
  reason(rows, "ensemble", whose && settledSays(whose));
  reason(rows, "bars", formSays(heardForm(fields), Number(fields.bars.value)));
}

function reason(rows: HTMLElement, name: string, says: string): void {
  const why = rows.querySelector<HTMLElement>(`#why-${name}`)!;
  why.textContent = says;
  why.hidden = !says;
}

/** What the verb works on, and what stays. */
function aim(): string {
  const view = state.view;
  if (!view || verb === "compose" || verb === "continue") return "";
  const region = regionNow();
  const where = verb === "harmonize" ? "" : `Works on ${region ? regionSays(view, region) : "the whole piece"}.`;
  const kept = linesOf(view).filter((line) => state.kept.has(line.index)).map((line) => line.name);
  return [where, kept.length ? `Keeps ${listed(kept)}.` : ""].join(" ").trim();
}

function wishes(fields: Fields): Wish["options"] {
  const all: Wish["options"] = {
    ensemble: fields.ensemble.value, style: fields.style.value, key: fields.key.value, meter: fields.meter.value, form: fields.form.value,
    bars: Number(fields.bars.value), temperature: Number(fields.bold.value), strength: Number(fields.strength.value),
  };
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => USES[verb].includes(name) && value !== "" && value !== 0));
}

async function ask(wanted: Verb, wished: Wish["options"]): Promise<void> {
  const { view } = state;
  if (!view) return;
  const kept = wanted === "compose" || wanted === "continue" ? { keep: [], keep_staves: [] } : keptForServer(view);
  const selection = wanted === "infill" || wanted === "vary" ? regionNow() : null;
  await send({ revision: view.revision, verb: wanted, selection, ...kept, candidates: 3, options: wished });
}

/** Asks, or asks again with the same wishes. */
async function send(asked: Wish): Promise<void> {
  const { view } = state;
  if (!view) return;
  hideToast();
  const wish = { ...asked, revision: view.revision };
  const wanted = wish.verb;
  try {
    const { job } = await api.startVerb(view.id, wish);
    if (state.view?.id === view.id) begin(job, wish, NAMES[wanted], () => void send(wish));
  } catch (cause) {
    toast(inWords(reasonOf(cause)), "error");
  }
}

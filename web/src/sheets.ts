// Rule sheets: those that ship and a teacher's own, loaded from a file; each piece remembers its sheet.

import * as api from "./api";
import { announce, h, iconButton, toast } from "./dom";
import { on, state } from "./store";
import type { RuleSheet } from "./types";
import { reasonOf } from "./wording";

const MAX_BYTES = 64 * 1024;

const picker = {
  sheets: [] as RuleSheet[],
  select: null as HTMLSelectElement | null,
  /** Called when the piece is to be looked through again. */
  changed: (): void => undefined,
};

export const chosenSheet = (): string => picker.select?.value || "chorale";

const failed = (cause: unknown): void => toast(reasonOf(cause), "error");

export function sheetPicker(changed: () => void): HTMLElement {
  const select = (picker.select = h("select", { id: "rules" }));
  picker.changed = changed;
  const input = h("input", { type: "file", id: "sheet-file", hidden: true, "aria-label": "A rule sheet", accept: ".toml,.txt" });
  input.addEventListener("change", () => {
    if (input.files?.[0]) void loadSheet(input.files[0]);
    input.value = "";
  });
  const load = h("button", { type: "button", class: "worded", id: "sheet-load", title: "A rule sheet of your own, as a file; or drop it on the page", onclick: () => input.click() }, "Load yours…");
  const copy = h("a", { class: "worded", id: "sheet-copy", download: "rules.toml", title: "This sheet as a text file, to change it and load it again" }, "Save a copy");
  const drop = iconButton("close", "Remove this sheet", () => void remove(), { id: "sheet-remove", hidden: true });
  const show = (): void => {
    const sheet = picker.sheets.find((own) => own.id === select.value);
    drop.hidden = !sheet?.own;
    copy.href = api.sheetUrl(select.value);
    copy.download = `${sheet?.name ?? "rules"}.toml`;
  };
  select.addEventListener("change", () => {
    show();
    if (state.view) api.chooseSheet(state.view.id, select.value).catch(failed);
    picker.changed();
  });
  let shown = "";
  on("view", () => {
    const id = state.view?.id ?? "";
    if (id === shown) return;
    shown = id;
    void refresh().then(show);
  });
  on("marks", show);
  return h("div", { class: "sheet-picker" }, h("div", { class: "row" }, h("label", { for: "rules" }, "Rules"), select), h("div", { class: "sheet-tools" }, load, copy, drop, input));
}

/** Lists the sheets anew, and shows the one that the open piece is checked by. */
async function refresh(): Promise<void> {
  const id = state.view?.id;
  if (!id || !picker.select) return;
  try {
    const [sheets, { rules }] = await Promise.all([api.listSheets(), api.chosenSheet(id)]);
    if (state.view?.id !== id) return;
    picker.sheets = sheets;
    const group = (label: string, own: boolean): HTMLElement | null => {
      const some = sheets.filter((sheet) => sheet.own === own);
      return some.length ? h("optgroup", { label }, ...some.map((sheet) => h("option", { value: sheet.id }, sheet.title))) : null;
    };
    picker.select.replaceChildren(...[group("Of Stretto", false), group("Yours", true)].filter((own): own is HTMLElement => own !== null));
    picker.select.value = rules;
  } catch (cause) {
    failed(cause);
  }
}

export async function loadSheet(file: File): Promise<void> {
  if (file.size > MAX_BYTES) return toast(`${file.name} is larger than 64 KB: it is no rule sheet.`, "error");
  try {
    const sheet = await api.keepSheet(file);
    if (state.view) await api.chooseSheet(state.view.id, sheet.id);
    await refresh();
    announce(`${sheet.title} is the rule sheet now`);
    toast(`${sheet.title}: loaded, and kept for this browser.`);
    picker.changed();
  } catch (cause) {
    const why = reasonOf(cause);
    toast(why.startsWith("the sheet") ? why.replace("the sheet", file.name) : `${file.name}: ${why}`, "error");
  }
}

async function remove(): Promise<void> {
  try {
    await api.removeSheet(chosenSheet());
    await refresh();
    picker.changed();
    picker.select?.focus();
  } catch (cause) {
    failed(cause);
  }
}

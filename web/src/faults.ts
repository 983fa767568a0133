// Which faults are shown: errors and licences at first, remarks when they are asked for.

import { h } from "./dom";
import { remember, remembered } from "./memory";
import { state, tell } from "./store";
import type { Fault, Severity } from "./types";

export const SEVERITIES: [Severity, string, string, string][] = [
  ["error", "error", "errors", "Wrong in this style"],
  ["licence", "licence", "licences", "What masters allow themselves for a reason"],
  ["remark", "remark", "remarks", "Worth a look, no fault"],
];

const KEY = "severities";

function hiddenAtFirst(): Set<Severity> {
  try {
    const known = JSON.parse(remembered(KEY) ?? "null");
    if (Array.isArray(known)) return new Set(known);
  } catch {
    // As at first.
  }
  return new Set<Severity>(["remark"]);
}

const hidden = hiddenAtFirst();

export const severityOf = (fault: Fault): Severity => fault.severity ?? "error";

export const shownFaults = (): Fault[] => state.faults.filter((fault) => !hidden.has(severityOf(fault)));

export const counted = (severity: Severity): number => state.faults.filter((fault) => severityOf(fault) === severity).length;

/** As "No errors; 4 licences, 2 remarks." */
export function countsSaid(): string {
  const words = SEVERITIES.map(([severity, one, many]) => ({ severity, n: counted(severity), one, many })).map(({ n, one, many, severity }) =>
    n === 0 ? (severity === "error" ? "No errors" : "") : `${n} ${n === 1 ? one : many}`);
  if (!state.faults.length) return "No faults found.";
  return `${[words[0], words.slice(1).filter(Boolean).join(", ")].filter(Boolean).join("; ")}.`;
}

/** A switch for each kind, with its count. */
export function severitySwitches(): HTMLElement {
  const row = h("div", { class: "severities", role: "group", "aria-label": "Show" });
  for (const [severity, one, many, says] of SEVERITIES) {
    const n = counted(severity);
    const made = h("button", { type: "button", class: "severity", "data-severity": severity, "aria-pressed": String(!hidden.has(severity)), title: says, disabled: n === 0 },
      h("span", { class: "severity-mark", "aria-hidden": "true" }), `${n} ${n === 1 ? one : many}`);
    made.addEventListener("click", () => {
      if (!hidden.delete(severity)) hidden.add(severity);
      remember(KEY, JSON.stringify([...hidden]));
      tell("marks");
      document.querySelector<HTMLElement>(`.severity[data-severity=${severity}]`)?.focus();
    });
    row.append(made);
  }
  return row;
}

// How surprising a bar is and how much of it is known music, in four steps each: told by height, not by colour alone.

import { h } from "./dom";
import { on, state } from "./store";
import type { BarLikelihood, BarOriginality } from "./types";

export type Level = 0 | 1 | 2 | 3;

/** Height of each step, as a share of the strip. */
export const HEIGHT = [0.12, 0.4, 0.7, 1] as const;

export const SURPRISE = ["as expected", "a little unexpected", "unexpected", "startling"] as const;
export const SHARED = ["shares nothing unusual", "shares what is usual", "shares much", "known music"] as const;

/** In nats: what the network would write once in 20, in 100, in 1000 times. */
const SURPRISE_STEPS = [20, 100, 1000].map(Math.log);
const SHARED_STEPS = [0.5, 0.95, 0.99];

const step = (value: number, steps: number[]): Level => steps.filter((edge) => value >= edge).length as Level;

/** Of its least expected note: one wrong note among twenty right ones is lost in their mean. */
export const surpriseOf = (bar: BarLikelihood): Level | null =>
  bar.oddest === null || bar.oddest === undefined ? null : step(bar.oddest, SURPRISE_STEPS);

export const sharedOf = (bar: BarOriginality): Level | null => (bar.share === null ? null : step(bar.share, SHARED_STEPS));

export const hasHeat = (): boolean => state.likelihood.some((bar) => bar.natsPerNote !== null) || state.originality.some((bar) => bar.share !== null);

function sample(kind: "surprise" | "shared", level: Level, said: string): HTMLElement {
  return h("span", { class: "legend-item" }, h("span", { class: `legend-bar ${kind}`, "data-level": level }, h("span", {})), said);
}

/** What the strips mean; there as long as they are. */
export function heatLegend(): HTMLElement {
  const made = h("p", { class: "legend", hidden: true },
    h("span", { class: "legend-item" }, h("b", {}, "Surprise"), sample("surprise", 0, "expected"), sample("surprise", 3, "startling")),
    h("span", { class: "legend-item" }, h("b", {}, "Known music"), sample("shared", 1, "as usual"), sample("shared", 3, "much")));
  on(["marks", "view"], () => (made.hidden = !hasHeat()));
  return made;
}

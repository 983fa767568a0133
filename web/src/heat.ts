// How surprising a bar is and how much of it is known music, in four steps each: told by height, not by colour alone.

import { h } from "./dom";
import { on, state } from "./store";
import type { BarLikelihood, BarOriginality, View } from "./types";

export type Level = 0 | 1 | 2 | 3;

/** Height of each step, as a share of the strip. */
export const HEIGHT = [0.12, 0.4, 0.7, 1] as const;

export const SURPRISE = ["as expected", "a little unexpected", "unexpected", "startling"] as const;
export const SHARED = ["shares nothing unusual", "shares what is usual", "shares much", "known music"] as const;

/** Nats of a note that is marked by itself: one that the network would write once in a thousand times. */
const RARE = Math.log(1000);

/** Nats a note of real music under each network: a quartet is harder to foretell than a hymn. */
const USUAL: Record<string, number> = { choir: 1.2, keyboard: 1.5, quartet: 2.0 };

const SURPRISE_STEPS = [0.8, 1.3, 1.9];
const SHARED_STEPS = [0.5, 0.95, 0.99];

const step = (value: number, steps: number[]): Level => steps.filter((edge) => value >= edge).length as Level;

/** Beside the piece's own bars, as long as the piece is not far from real music. */
export function surpriseOf(bar: BarLikelihood, view: View): Level | null {
  if (bar.natsPerNote === null) return null;
  const usual = USUAL[view.ensemble || "choir"] ?? 1.5;
  const own = state.heard?.natsPerNote ?? usual;
  return step(bar.natsPerNote / Math.max(0.7 * usual, Math.min(1.4 * usual, own)), SURPRISE_STEPS);
}

export const sharedOf = (bar: BarOriginality): Level | null => (bar.share === null ? null : step(bar.share, SHARED_STEPS));

export const isRare = (bar: BarLikelihood): boolean => (bar.oddest ?? 0) >= RARE;

export const hasHeat = (): boolean => state.likelihood.some((bar) => bar.natsPerNote !== null) || state.originality.some((bar) => bar.share !== null);

function sample(kind: "surprise" | "shared", level: Level, said: string): HTMLElement {
  return h("span", { class: "legend-item" }, h("span", { class: `legend-bar ${kind}`, "data-level": level }, h("span", {})), said);
}

/** What the strips mean; there as long as they are. */
export function heatLegend(): HTMLElement {
  const made = h("p", { class: "legend", hidden: true },
    h("span", { class: "legend-item" }, h("b", {}, "Surprise"), sample("surprise", 0, "expected"), sample("surprise", 3, "startling")),
    h("span", { class: "legend-item" }, h("span", { class: "legend-dot" }), "rare note"),
    h("span", { class: "legend-item" }, h("b", {}, "Known music"), sample("shared", 1, "as usual"), sample("shared", 3, "much")));
  on(["marks", "view"], () => (made.hidden = !hasHeat()));
  return made;
}

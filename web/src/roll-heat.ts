// The marks over the roll: a strip for surprise, one for known music, and a sign for each fault.

import { ink } from "./colours";
import { severityOf, shownFaults } from "./faults";
import { HEIGHT, SHARED, SURPRISE, hasHeat, sharedOf, surpriseOf } from "./heat";
import { GUTTER, HEAT, RULER, TOP, frame, tickOf, xOf } from "./roll-frame";
import { state } from "./store";
import type { Fault, Severity } from "./types";

/** Pixels of the strip for surprise; the one for known music hangs below it. */
const UPPER = HEAT * 0.6;

export function paintHeat(brush: CanvasRenderingContext2D): void {
  const line = RULER + UPPER;
  for (const bar of state.likelihood) {
    const level = surpriseOf(bar);
    if (level === null) continue;
    const [x, width] = [xOf(bar.tick) + 1, (bar.end - bar.tick) * frame.perTick - 2];
    brush.fillStyle = ink("--heat");
    brush.globalAlpha = level >= 2 ? 1 : 0.55;
    brush.fillRect(x, line - HEIGHT[level] * (UPPER - 1), width, HEIGHT[level] * (UPPER - 1));
    brush.globalAlpha = 1;
  }
  for (const bar of state.originality) {
    const level = sharedOf(bar);
    if (!level) continue;
    brush.fillStyle = ink("--shared");
    brush.fillRect(xOf(bar.tick) + 1, line + 1, (bar.end - bar.tick) * frame.perTick - 2, HEIGHT[level] * (HEAT - UPPER - 3));
  }
  if (!hasHeat()) return;
  brush.fillStyle = ink("--faint");
  brush.fillRect(GUTTER, line, frame.width, 1);
}

const COLOUR: Record<Severity, string> = { error: "--fault", licence: "--licence", remark: "--remark" };

/** A full triangle for an error, a hollow one for a licence, a small ring for a remark. */
export function paintFaults(brush: CanvasRenderingContext2D): void {
  for (const fault of [...shownFaults()].reverse()) {
    const severity = severityOf(fault);
    const x = xOf(fault.tick) + 2;
    brush.fillStyle = brush.strokeStyle = ink(COLOUR[severity]);
    brush.lineWidth = 1.5;
    brush.beginPath();
    if (severity === "remark") brush.arc(x + 4.5, 6, 2.8, 0, 2 * Math.PI);
    else {
      brush.moveTo(x, 3);
      brush.lineTo(x + 9, 3);
      brush.lineTo(x + 4.5, 11);
      brush.closePath();
    }
    if (severity === "error") brush.fill();
    else brush.stroke();
  }
}

/** Height of the signs for faults, within which the mouse finds them. */
const SIGNS = 13;

const faultAt = (x: number, y: number): Fault | undefined =>
  y > SIGNS || x < GUTTER ? undefined : shownFaults().find((fault) => x >= xOf(fault.tick) && x <= xOf(fault.tick) + 13);

/** What is said of the place under the mouse: a fault's reason, or a bar's. */
function saidAt(x: number, y: number): string {
  const view = state.view;
  if (!view || y >= TOP || x < GUTTER) return "";
  if (y < RULER) return faultAt(x, y)?.sentence ?? "";
  const tick = tickOf(x);
  const inside = (bar: { tick: number; end: number }): boolean => bar.tick <= tick && tick < bar.end;
  const [heat, known] = [state.likelihood.find(inside), state.originality.find(inside)];
  if (!heat && !known) return "";
  const [surprise, shared] = [heat ? surpriseOf(heat) : null, known ? sharedOf(known) : null];
  const words = [surprise === null ? "" : SURPRISE[surprise], shared === null ? "" : SHARED[shared]].filter(Boolean).join("; ");
  return [`Bar ${(heat ?? known)!.number}: ${words}.`, heat?.why, known?.why].filter(Boolean).join("\n");
}

/** The mouse over the marks: what they say, and where a fault's sign is clicked, the fault. */
export function listenToMarks(go: (fault: Fault) => void): void {
  const at = (event: MouseEvent): [HTMLElement, number, number] | null => {
    const roll = event.target;
    if (!(roll instanceof HTMLElement) || roll.id !== "roll") return null;
    const around = roll.getBoundingClientRect();
    return [roll, event.clientX - around.left, event.clientY - around.top];
  };
  addEventListener("pointermove", (event) => {
    const found = at(event);
    if (!found) return;
    const said = saidAt(found[1], found[2]);
    if (found[0].title !== said) found[0].title = said;
  });
  addEventListener("click", (event) => {
    const found = at(event);
    const fault = found && faultAt(found[1], found[2]);
    if (fault) go(fault);
  });
}

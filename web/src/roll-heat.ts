// The marks over the roll: a strip for surprise, one for known music, and a sign for each fault.

import { ink } from "./colours";
import { severityOf, shownFaults } from "./faults";
import { HEIGHT, hasHeat, isRare, sharedOf, surpriseOf } from "./heat";
import { GUTTER, HEAT, RULER, frame, xOf } from "./roll-frame";
import { state } from "./store";
import type { Severity, View } from "./types";

/** Pixels of the strip for surprise; the one for known music hangs below it. */
const UPPER = HEAT * 0.6;

export function paintHeat(brush: CanvasRenderingContext2D, view: View): void {
  const line = RULER + UPPER;
  for (const bar of state.likelihood) {
    const level = surpriseOf(bar, view);
    if (level === null) continue;
    const [x, width] = [xOf(bar.tick) + 1, (bar.end - bar.tick) * frame.perTick - 2];
    brush.fillStyle = ink("--heat");
    brush.globalAlpha = level >= 2 ? 1 : 0.55;
    brush.fillRect(x, line - HEIGHT[level] * (UPPER - 1), width, HEIGHT[level] * (UPPER - 1));
    brush.globalAlpha = 1;
    if (isRare(bar)) dot(brush, x + 5, RULER - 3);
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

function dot(brush: CanvasRenderingContext2D, x: number, y: number): void {
  brush.fillStyle = ink("--heat");
  brush.beginPath();
  brush.arc(x, y, 3.2, 0, 2 * Math.PI);
  brush.fill();
  brush.lineWidth = 1;
  brush.strokeStyle = ink("--surface");
  brush.stroke();
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

// The tray by keyboard alone: 1, 2, 3 or the arrows go from card to card, Space listens, Enter takes, N asks for others.

import { announce } from "./dom";

export interface TrayKeys {
  /** A card in words. */
  says: (index: number) => string;
  listen: (index: number) => void;
  take: (index: number) => void;
  again: () => void;
}

export const TRAY_SAYS = "Keys: 1 2 3 or arrows choose, Space listens, Enter takes, N asks for others, Escape puts them away";

export function trayKeys(tray: HTMLElement, does: TrayKeys): void {
  tray.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const cards = [...tray.querySelectorAll<HTMLElement>(".card")];
    const now = cards.findIndex((card) => card.contains(document.activeElement));
    const onCard = event.target === cards[now];
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const named = Number(event.key) - 1;
    const choose = (index: number): void => {
      cards[index]!.focus();
      announce(does.says(index));
    };
    if (turn && cards.length) choose((Math.max(0, now) + (now < 0 ? 0 : turn) + cards.length) % cards.length);
    else if (cards[named]) choose(named);
    else if (event.key.toLowerCase() === "n") does.again();
    else if (event.key === " " && onCard) does.listen(now);
    else if (event.key === "Enter" && onCard) does.take(now);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// Panels behind tabs, as the ARIA practices have them: arrows go from tab to tab.

import { h } from "./dom";

export function tabs(label: string, panels: [string, string, HTMLElement][]): HTMLElement {
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": label });
  const bodies: HTMLElement[] = [];
  const buttons = panels.map(([id, name, content], i) => {
    const body = h("div", { class: "tab-body", role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, tabindex: 0 }, content);
    bodies.push(body);
    return h("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => show(i) }, name);
  });
  const show = (chosen: number): void => {
    for (const [i, button] of buttons.entries()) {
      button.setAttribute("aria-selected", String(i === chosen));
      button.tabIndex = i === chosen ? 0 : -1;
      bodies[i]!.hidden = i !== chosen;
    }
  };
  list.addEventListener("keydown", (event) => {
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!turn) return;
    const next = (buttons.findIndex((button) => button === document.activeElement) + turn + buttons.length) % buttons.length;
    show(next);
    buttons[next]!.focus();
  });
  list.append(...buttons);
  show(0);
  return h("div", { class: "tabbed" }, list, ...bodies);
}

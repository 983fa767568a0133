// Making elements, icons, dialogs and announcements; no markup is ever parsed from text.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | ((event: never) => void) | null | undefined>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value as EventListener);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;

const ICONS = {
  play: "M7 4.5v15l12.5-7.5z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  start: "M6 5h2.4v14H6zM19 5v14L9.4 12z",
  loop: "M7 7h9.2V4.4L21 8.2l-4.8 3.8V9.4H7A2.6 2.6 0 0 0 7 14.6h1.4V17H7A5 5 0 0 1 7 7zM17 17H7.8v2.6L3 15.8",
  undo: "M9.5 5.5 4 10l5.5 4.5v-3h5a3.3 3.3 0 0 1 0 6.5H9V20h5.5a5.3 5.3 0 0 0 0-10.5h-5z",
  redo: "M14.5 5.5 20 10l-5.5 4.5v-3h-5a3.3 3.3 0 0 0 0 6.5H15V20H9.5a5.3 5.3 0 0 1 0-10.5h5z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  download: "M11 4h2v8.2l3.1-3.1 1.4 1.4L12 16l-5.5-5.5 1.4-1.4L11 12.2zM5 18h14v2H5z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 2h2v3.5h-2zM11 18.500h2V22h-2zM2 11h3.500v2H2zM18.500 11H22v2h-3.500zM4.200 5.600l1.400-1.400L8 6.700 6.700 8zM16 17.300l1.300-1.300 2.500 2.400-1.400 1.400zM4.200 18.400 6.700 16 8 17.300l-2.400 2.500zM16 6.700l2.400-2.500 1.400 1.400L17.300 8z",
  moon: "M20 14.600A8.600 8.600 0 0 1 9.400 4a8.600 8.600 0 1 0 10.600 10.600z",
  help: "M11 16.600h2.200v2.200H11zM12 5a4.300 4.300 0 0 0-4.400 4.200h2.200A2.200 2.200 0 0 1 12 7c1.300 0 2.200.8 2.200 1.900 0 1.800-3.200 2.200-3.200 5.600v.5h2.200c0-2.800 3.300-3 3.300-6.100C16.500 6.600 14.500 5 12 5z",
  folder: "M3 6.500h6.500l2 2H21V19H3z",
  speaker: "M4 9h4l5-4v14l-5-4H4zM15.500 8.500a5 5 0 0 1 0 7l-1.200-1.200a3.300 3.300 0 0 0 0-4.600z",
  silent: "M4 9h4l5-4v14l-5-4H4zM15 9.400l1.400-1.400 2 2 2-2L21.800 9.400l-2 2 2 2-1.400 1.400-2-2-2 2L15 13.400l2-2z",
  spark: "M12 3l2 6.5L20.500 12 14 14.500 12 21l-2-6.500L3.500 12 10 9.500zM19 3l.8 2.2L22 6l-2.200.8L19 9l-.8-2.200L16 6l2.200-.8z",
  keys: "M3 5h18v14H3zM5 7v10h3.500v-4H7V7zm5.500 6v4h3v-4H12V7h-.5v6zM15.500 7v6H14v0h1.500v4H19V7z",
  pencil: "M4 20l1-4.500L16.500 4 20 7.500 8.500 19zM14.500 6l3.500 3.500",
  grip: "M8 5h2.500v2.500H8zM13.500 5H16v2.500h-2.500zM8 10.800h2.500v2.500H8zM13.500 10.800H16v2.500h-2.500zM8 16.500h2.500V19H8zM13.500 16.500H16V19h-2.500z",
};

export type IconName = keyof typeof ICONS;

export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  made.setAttribute("class", "icon");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  made.append(path);
  return made;
}

export function iconButton(name: IconName, label: string, onclick: () => void, more: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...more }, icon(name));
}

export function setIcon(button: HTMLElement, name: IconName, label: string): void {
  button.replaceChildren(icon(name));
  button.setAttribute("aria-label", label);
  button.title = label;
}

/** Says something to those who listen to the page. */
export function announce(message: string): void {
  const region = byId("says");
  region.textContent = region.textContent === message ? `${message}\u00a0` : message;
}

let toastTimer = 0;

/** A line over the page that goes away; errors stay until they are closed, if they are not told how long. */
export function toast(message: string, kind: "error" | "note" = "note", forMs = kind === "note" ? 5000 : 0): void {
  clearTimeout(toastTimer);
  const box = byId("toast");
  const hide = (): void => box.replaceChildren();
  const line = h("p", { class: `toast ${kind}`, role: kind === "error" ? "alert" : "status" }, message, iconButton("close", "Close this message", hide));
  box.replaceChildren(line);
  if (forMs) toastTimer = window.setTimeout(hide, forMs);
}

/** What was said is over: something else has begun. */
export function hideToast(): void {
  clearTimeout(toastTimer);
  byId("toast").replaceChildren();
}

/** A modal dialog; Escape and a click outside close it, and the focus goes back where it was. */
export function dialog(title: string, ...children: Child[]): HTMLDialogElement {
  const id = `dialog-${Math.random().toString(36).slice(2, 8)}`;
  const made = h("dialog", { "aria-labelledby": id });
  const close = iconButton("close", "Close", () => made.close());
  made.append(h("div", { class: "dialog-head" }, h("h2", { id }, title), close), h("div", { class: "dialog-body" }, ...children));
  made.addEventListener("click", (event) => event.target === made && made.close());
  made.addEventListener("close", () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
}

/** The element that typing goes into: shortcuts keep away from it. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]");

// Runs before the first paint, so that a dark page does not flash white.

let theme: string | null = null;
try {
  theme = localStorage.getItem("stretto.theme");
} catch {
  // Storage may be closed to us.
}
document.documentElement.dataset.theme = theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

// What the browser remembers for the page; where it may not, the page goes on without.

export function remembered(what: string): string | null {
  try {
    return localStorage.getItem(`stretto.${what}`);
  } catch {
    return null;
  }
}

export function remember(what: string, value: string): void {
  try {
    localStorage.setItem(`stretto.${what}`, value);
  } catch {
    // Then it holds until the page is closed.
  }
}

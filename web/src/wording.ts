// The server's sentences, as the command line says them, in the words of the page.

/** Without advice about options of the command line, which the page has as controls. */
export const inWords = (said: string): string =>
  said
    .split("; ")
    .filter((clause) => !/(^|\s)--[a-z]/.test(clause))
    .join("; ") || said;

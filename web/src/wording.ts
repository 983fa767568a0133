// The server's sentences, as the command line says them, in the words of the page.

/** Without advice about options of the command line, which the page has as controls, and without revisions. */
export const inWords = (said: string): string =>
  /changed elsewhere/.test(said) ? "This piece was changed in another window; here is that version." : withoutOptions(said);

const withoutOptions = (said: string): string =>
  said
    .replace(/: the network hears four voices;.*/, ": the network writes for four voices, and these names do not say which they are. Call them Soprano, Alto, Tenor and Bass in your file.")
    .split("; ")
    .filter((clause) => !/(^|\s)--[a-z]/.test(clause))
    .join("; ") || said;

const SIGNS: Record<string, string> = { b: "♭", bb: "♭♭", "#": "♯", "##": "𝄪" };

/** Pitches and keys with the signs that musicians write: "E♭4", "B♭ major". */
export const inSigns = (said: string): string =>
  said.replace(/\b([A-G])(bb?|##?)(?=-?\d| major\b| minor\b)/g, (_, letter: string, sign: string) => letter + SIGNS[sign]);

/** What went wrong, as it was thrown. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

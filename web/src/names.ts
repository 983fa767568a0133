// Words of the command line as a page writes them: with capitals, accents and signs.

const WRITTEN: Record<string, string> = {
  oginski: "Ogiński", burgmuller: "Burgmüller", faure: "Fauré", zelenski: "Żeleński", dobrzynski: "Dobrzyński",
  janacek: "Janáček", "saint-georges": "Saint-Georges",
};

const PERIODS = ["baroque", "classical", "romantic", "modern", "hymn", "renaissance"];

export const spoken = (word: string): string =>
  WRITTEN[word] ?? (/^[a-z]/.test(word) ? word[0]!.toUpperCase() + word.slice(1) : word.replace(/^([A-G])b /, "$1♭ ").replace(/^([A-G])# /, "$1♯ "));

/** Styles as a list shows them: first periods and kinds, then composers. */
export function grouped(styles: string[]): [string, string[]][] {
  const periods = styles.filter((style) => PERIODS.includes(style));
  const composers = styles.filter((style) => !PERIODS.includes(style));
  return composers.length > 1 ? [["Periods", periods], ["Composers", composers]] : [["", styles]];
}

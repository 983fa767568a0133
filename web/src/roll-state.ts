// What the roll's own controls set: the tool, the length of the next note, and how a pitch is sounded.

export const roll = {
  tool: "select" as "select" | "draw",
  /** Of the next note, in ticks. */
  length: 24,
  audition: (_pitch: number, _part: number): void => undefined,
};

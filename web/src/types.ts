// What the server sends: the JSON view of a piece. Times are ticks, 24 to a quarter.

export type NoteId = string | number;

export interface Note {
  id: NoteId;
  part: number;
  staff: number;
  voice: number;
  onset: number;
  duration: number;
  pitch: number;
  velocity: number;
  grace?: boolean | number;
}

export interface Part {
  index: number;
  name: string;
  staves: number;
  program: number;
  percussion?: boolean;
  muted: boolean;
  volume: number;
}

export interface Bar {
  tick: number;
  end: number;
  number: number | string;
}

export interface Meter {
  tick: number;
  numerator: number;
  denominator: number;
}

export interface View {
  id: string;
  title: string;
  revision: number;
  canUndo: boolean;
  canRedo: boolean;
  tempo: { tick: number; qpm: number }[];
  meters: Meter[];
  keys: { tick: number; fifths: number; mode: string }[];
  bars: Bar[];
  end: number;
  ticksPerQuarter: number;
  parts: Part[];
  notes: Note[];
  style?: string;
  ensemble?: string;
  /** What the server took a document for, and what it left out; only when it has just been opened. */
  understood?: string[];
  notices?: string[];
}

export type Edit =
  | { op: "add"; part: number; staff: number; onset: number; duration: number; pitch: number; velocity?: number }
  | { op: "move"; ids: NoteId[]; ticks: number; semitones: number }
  | { op: "resize"; ids: NoteId[]; ticks: number }
  | { op: "delete"; ids: NoteId[] };

export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Page {
  width: number;
  height: number;
  notes: (Box & { id: NoteId })[];
  bars: (Box & Bar)[];
}

export interface Fault {
  rule: string;
  sentence: string;
  how_often?: string | null;
  bar: number | string;
  tick: number;
  end: number;
  parts: number[];
  notes: NoteId[];
  severity?: Severity;
}

export type Severity = "error" | "licence" | "remark";

/** What faults are looked for by. */
export interface RuleSheet {
  id: string;
  name: string;
  title: string;
  kind: string;
  /** It is this browser's own. */
  own: boolean;
}

export interface BarLikelihood extends Bar {
  natsPerNote: number | null;
  why?: string;
  /** Of its least expected note, in nats. */
  oddest?: number | null;
  /** The notes that the reason names. */
  notes?: NoteId[];
}

export interface BarOriginality extends Bar {
  /** Of real works, unknown to the network, those that share less with what it learned from. */
  share: number | null;
  why: string;
}

export interface Passage {
  tick: number;
  end: number;
  parts: number[];
  share: number;
  says: string;
}

/** What is said of the whole piece. */
export interface Heard {
  natsPerNote: number | null;
  whyNot: string;
  aside: string[];
  sentence: string;
  passages: Passage[];
}

/** What is chosen to work on: a stretch of time and parts. */
export interface Region {
  start: number;
  end: number;
  parts: number[];
  /** Of a part on two staves: the one that is meant; none = both. */
  staves?: number[];
}

export interface Ensemble {
  name: string;
  styles: string[];
  meters: string[];
  forms: string[];
}

export interface Choices {
  ensembles: Ensemble[];
  keys: string[];
  verbs: string[];
  version?: string;
}

export interface PieceLine {
  id: string;
  title: string;
  revision: number;
  modified?: string | number;
  /** Nobody ever wrote in it. */
  blank?: boolean;
}

export type Verb = "compose" | "continue" | "harmonize" | "infill" | "vary";

export interface Wish {
  revision: number;
  verb: Verb;
  selection: Region | null;
  keep: number[];
  keep_staves: number[];
  candidates: number;
  options: Record<string, string | number>;
}

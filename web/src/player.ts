// Plays the piece, or a candidate, with the shipped SoundFont; notes are handed to the synthesizer a little ahead.

import { WorkletSynthesizer } from "spessasynth_lib";
import { soundFont } from "./api";
import { lineOf, linesOf } from "./lines";
import { regionNow } from "./region";
import { isHeard, on, setPlayhead, state, tell } from "./store";
import { secondsAt, tickAt } from "./time";
import type { Note, View } from "./types";

/** Seconds that notes are handed over ahead of time, and how often. */
const AHEAD = 0.18;
const EVERY_MS = 50;
/** Seconds between the button and the first note. */
const LEAD = 0.06;
const VOLUME = 7;
/** Times; so the page is as loud as the WAV that is downloaded, whose peaks are set to -7 dB. */
const LOUDER = 3;

/** General MIDI programs in the SoundFont, and who stands in for a family of eight. */
const SHIPPED = new Set([0, 6, 19, 40, 41, 42, 48, 52]);
const STANDS_IN = [0, 0, 19, 6, 42, 48, 52, 19, 19, 19, 19, 48, 48, 6, 0, 0];

let context: AudioContext | null = null;
let synth: WorkletSynthesizer | null = null;
let out: GainNode | null = null;
let opening: Promise<void> | null = null;
let fontBytes: Promise<ArrayBuffer> | null = null;

let view: View | null = null;
let events: Note[] = [];
let next = 0;
let startedAt = 0;
let startSecond = 0;
/** Where the round before began, while its last notes still sound. */
let turned: { clock: number; second: number } | null = null;
/** Up to which second of the music notes have been handed over. */
let handed = 0;
let timer = 0;
/** Counts the calls, so that the last of several that wait for the sounds wins. */
let calls = 0;
let onEnd: (() => void) | null = null;
let onTick: ((tick: number) => void) | null = null;

export const player = { speed: 1, from: 0, loop: false };

/** Begins to fetch the sounds, so that the first note is not waited for. */
function prefetch(): void {
  fontBytes ??= soundFont();
  fontBytes.catch(() => (fontBytes = null));
}

function open(): Promise<void> {
  opening ??= start().catch((cause: unknown) => {
    opening = null;
    throw cause;
  });
  return opening;
}

/** Sets the synthesizer up before it is wanted; the browser lets it sound only after a click or a key. */
export function warmUp(): void {
  open().catch(() => undefined);
}

/** Must run within the click or key that asks for sound. */
function wake(): void {
  context ??= new AudioContext({ latencyHint: "interactive" });
  if (context.state === "suspended") void context.resume();
}

/** Lets everything through but peaks near full scale. */
const limiter = (sounds: AudioContext): AudioNode =>
  new DynamicsCompressorNode(sounds, { threshold: -4, knee: 0, ratio: 20, attack: 0.002, release: 0.12 });

async function start(): Promise<void> {
  prefetch();
  context ??= new AudioContext({ latencyHint: "interactive" });
  await context.audioWorklet.addModule("/static/spessasynth_processor.min.js");
  synth = new WorkletSynthesizer(context);
  out = context.createGain();
  synth.connect(out);
  out.connect(new GainNode(context, { gain: LOUDER })).connect(limiter(context)).connect(context.destination);
  await synth.soundBankManager.addSoundBank((await fontBytes!).slice(0), "main");
  await synth.isReady;
}

/** Of a line: each has one of its own, as far as there are any; the tenth is for drums. */
const channelOf = (line: number): number => {
  const channel = line % 15;
  return channel >= 9 ? channel + 1 : channel;
};

const channelOfNote = (piece: View, note: { part: number; staff: number }): number =>
  channelOf(lineOf(piece.parts, note.part, note.staff));

const programOf = (program: number): number =>
  SHIPPED.has(program) ? program : program >= 0 && program < 128 ? STANDS_IN[program >> 3]! : 0;

function setUp(piece: View): void {
  for (const line of linesOf(piece)) {
    synth!.programChange(channelOf(line.index), programOf(piece.parts[line.part]!.program));
    setLevel(line.index);
  }
}

function setLevel(line: number): void {
  const level = isHeard(line) ? (state.volume.get(line) ?? 1) : 0;
  synth?.controllerChange(channelOf(line), VOLUME, Math.round(100 * level));
}

on("parts", () => {
  for (const line of state.view ? linesOf(state.view) : []) setLevel(line.index);
});

on("view", () => {
  if (!state.playing || onTick !== null || !state.view) return;
  if (view?.id !== state.view.id) return stop();
  setUp(state.view);
  load(state.view, Math.max(now(), handed));
});

function load(piece: View, second: number): void {
  view = piece;
  // The SoundFont has no drums, and a piano in their stead would be noise.
  events = piece.notes.filter((note) => !note.grace && !piece.parts[note.part]?.percussion).sort((a, b) => a.onset - b.onset);
  next = events.findIndex((note) => secondsAt(piece, note.onset) >= second - 0.001);
  if (next < 0) next = events.length;
}

/** Where the audio clock stands in the music, in seconds at the piece's own tempo. */
function at(clock: number): number {
  if (clock < startedAt && turned) return turned.second + (clock - turned.clock) * player.speed;
  return startSecond + Math.max(0, clock - startedAt) * player.speed;
}

const now = (): number => at(context!.currentTime);

/** What is just being heard: the sound leaves the loudspeaker a little after the clock. */
const heard = (): number => at(context!.currentTime - (context!.outputLatency || 0));

/** Plays a piece from a tick; of a candidate, `ticked` hears where it is, and the piece's own playhead stays. */
export async function play(piece: View, from: number, ticked: ((tick: number) => void) | null = null, ended: (() => void) | null = null): Promise<void> {
  stop();
  wake();
  const mine = ++calls;
  await open();
  if (mine !== calls) return ended?.();
  setUp(piece);
  onTick = ticked;
  onEnd = ended;
  turned = null;
  const round = ticked ? null : looped(piece);
  if (round && (from < round.start || from >= round.end)) from = round.start;
  else if (from >= piece.end - 1) from = 0;
  startSecond = secondsAt(piece, from);
  player.from = from;
  startedAt = context!.currentTime + LEAD;
  out!.gain.cancelScheduledValues(0);
  out!.gain.setValueAtTime(1, context!.currentTime);
  load(piece, startSecond);
  state.playing = true;
  timer = window.setInterval(handOver, EVERY_MS);
  handOver();
  tell("busy");
  requestAnimationFrame(show);
}

/** Goes on with what is played, of which there is more now; what has been handed over stays. */
export function extend(piece: View): void {
  if (state.playing && onTick) load(piece, handed + 0.002);
}

/** The stretch that is repeated, if one is: the selection, else all. */
function looped(piece: View): { start: number; end: number } | null {
  if (!player.loop) return null;
  const region = regionNow();
  return region && region.start < piece.end ? { start: region.start, end: Math.min(region.end, piece.end) } : { start: 0, end: piece.end };
}

function handOver(): void {
  if (!view || !context) return;
  const round = onTick ? null : looped(view);
  const end = secondsAt(view, round ? round.end : view.end);
  // What is repeated was chosen anew, and lies behind.
  if (round && now() > end + 0.1) return void play(view, round.start);
  for (let rounds = 0; rounds < 8; rounds++) {
    const until = startSecond + (context.currentTime + AHEAD - startedAt) * player.speed;
    handed = Math.min(until, round ? end - 0.001 : until);
    strike(view, handed, round ? end : Infinity);
    if (!round || until < end) break;
    turn(view, round.start, end);
  }
  if (round || now() < end + 0.4) return;
  const ended = onEnd;
  const from = player.from;
  stop();
  ended?.();
  if (!ended) setPlayhead(from);
}

/** Hands the notes over that begin until a second of the music; none sounds beyond `end`. */
function strike(piece: View, until: number, end: number): void {
  for (; next < events.length; next++) {
    const note = events[next]!;
    const onset = secondsAt(piece, note.onset);
    if (onset > until) break;
    const time = startedAt + (onset - startSecond) / player.speed;
    const length = (Math.min(end, secondsAt(piece, note.onset + note.duration)) - onset) / player.speed;
    const channel = channelOfNote(piece, note);
    synth!.noteOn(channel, note.pitch, note.velocity || 80, { time });
    synth!.noteOff(channel, note.pitch, { time: time + Math.max(0.03, length - 0.015) });
  }
}

/** Goes back without a gap: the next round's first note follows the last one in time. */
function turn(piece: View, start: number, end: number): void {
  turned = { clock: startedAt, second: startSecond };
  startedAt += Math.max(0, end - startSecond) / player.speed;
  startSecond = secondsAt(piece, start);
  load(piece, startSecond);
}

function show(): void {
  if (!state.playing || !view || !context) return;
  const tick = Math.min(view.end, tickAt(view, heard()));
  if (onTick) onTick(tick);
  else setPlayhead(tick);
  requestAnimationFrame(show);
}

/** Silence at once; notes already handed over fade with it. */
export function stop(): void {
  calls += 1;
  clearInterval(timer);
  if (!state.playing) return;
  state.playing = false;
  const ended = onEnd;
  onEnd = null;
  onTick = null;
  out?.gain.setTargetAtTime(0, context!.currentTime, 0.012);
  synth?.stopAll(false);
  window.setTimeout(() => !state.playing && synth?.stopAll(true), AHEAD * 1000 + 50);
  tell("busy");
  ended?.();
}

/** Changes the tempo under way. */
export function setSpeed(speed: number): void {
  if (state.playing && context && view) {
    startSecond = now();
    startedAt = context.currentTime;
    turned = null;
    load(view, handed);
  }
  player.speed = speed;
}

/** Plays on from elsewhere, where it plays. */
export function seek(tick: number): void {
  if (state.playing && view && !onTick) void play(view, tick);
  else setPlayhead(tick);
}

/** One short note, as when a key is touched; silent until the sound has been switched on by playing. */
export function audition(pitch: number, part: number, staff = 1): void {
  if (!state.view || state.playing) return;
  wake();
  void open()
    .then(() => {
      setUp(state.view!);
      out!.gain.cancelScheduledValues(0);
      out!.gain.setValueAtTime(1, context!.currentTime);
      const channel = channelOfNote(state.view!, { part, staff });
      synth!.noteOn(channel, pitch, 78);
      synth!.noteOff(channel, pitch, { time: context!.currentTime + 0.28 });
    })
    .catch(() => undefined);
}

/** Of the audio clock, in seconds; it runs only while there is sound. */
export const clock = (): number => context?.currentTime ?? 0;

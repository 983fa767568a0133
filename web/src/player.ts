// Plays the piece, or a candidate, with the shipped SoundFont; notes are handed to the synthesizer a little ahead.

import { WorkletSynthesizer } from "spessasynth_lib";
import { soundFont } from "./api";
import { on, setPlayhead, state, tell } from "./store";
import { secondsAt, tickAt } from "./time";
import type { Note, View } from "./types";

/** Seconds that notes are handed over ahead of time, and how often. */
const AHEAD = 0.18;
const EVERY_MS = 50;
/** Seconds between the button and the first note. */
const LEAD = 0.06;
const VOLUME = 7;

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
let timer = 0;
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

async function start(): Promise<void> {
  prefetch();
  context ??= new AudioContext({ latencyHint: "interactive" });
  await context.audioWorklet.addModule("/static/spessasynth_processor.min.js");
  synth = new WorkletSynthesizer(context);
  out = context.createGain();
  synth.connect(out);
  out.connect(context.destination);
  await synth.soundBankManager.addSoundBank((await fontBytes!).slice(0), "main");
  await synth.isReady;
}

const channelOf = (part: number): number => {
  const channel = part % 15;
  return channel >= 9 ? channel + 1 : channel;
};

const programOf = (program: number): number =>
  SHIPPED.has(program) ? program : program >= 0 && program < 128 ? STANDS_IN[program >> 3]! : 0;

function setUp(piece: View): void {
  for (const part of piece.parts) {
    synth!.programChange(channelOf(part.index), programOf(part.program));
    setLevel(part.index);
  }
}

function setLevel(part: number): void {
  const level = state.muted.has(part) ? 0 : (state.volume.get(part) ?? 1);
  synth?.controllerChange(channelOf(part), VOLUME, Math.round(100 * level));
}

on("parts", () => {
  for (const part of state.view?.parts ?? []) setLevel(part.index);
});

on("view", () => {
  if (state.playing && view && state.view && view.id === state.view.id && onTick === null) load(state.view, now());
});

function load(piece: View, second: number): void {
  view = piece;
  events = piece.notes.filter((note) => !note.grace).sort((a, b) => a.onset - b.onset);
  next = events.findIndex((note) => secondsAt(piece, note.onset) >= second - 0.001);
  if (next < 0) next = events.length;
}

/** Seconds of music, at the piece's own tempo, that have been heard. */
const now = (): number => startSecond + Math.max(0, context!.currentTime - startedAt) * player.speed;

/** Plays a piece from a tick; of a candidate, `ticked` hears where it is, and the piece's own playhead stays. */
export async function play(piece: View, from: number, ticked: ((tick: number) => void) | null = null, ended: (() => void) | null = null): Promise<void> {
  stop();
  wake();
  await open();
  setUp(piece);
  onTick = ticked;
  onEnd = ended;
  startSecond = secondsAt(piece, from >= piece.end - 1 ? 0 : from);
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

function handOver(): void {
  if (!view || !context) return;
  const until = now() + AHEAD * player.speed;
  for (; next < events.length; next++) {
    const note = events[next]!;
    const onset = secondsAt(view, note.onset);
    if (onset > until) break;
    const at = startedAt + (onset - startSecond) / player.speed;
    const length = (secondsAt(view, note.onset + note.duration) - onset) / player.speed;
    const channel = channelOf(note.part);
    synth!.noteOn(channel, note.pitch, note.velocity || 80, { time: at });
    synth!.noteOff(channel, note.pitch, { time: at + Math.max(0.03, length - 0.015) });
  }
  const end = secondsAt(view, view.end);
  if (now() < end + (player.loop ? 0 : 0.4)) return;
  const again = player.loop && !onTick ? view : null;
  const ended = onEnd;
  stop();
  ended?.();
  if (again) void play(again, 0);
  else if (!ended) setPlayhead(0);
}

function show(): void {
  if (!state.playing || !view || !context) return;
  const tick = Math.min(view.end, tickAt(view, now()));
  if (onTick) onTick(tick);
  else setPlayhead(tick);
  requestAnimationFrame(show);
}

/** Silence at once; notes already handed over fade with it. */
export function stop(): void {
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
    load(view, startSecond + AHEAD);
  }
  player.speed = speed;
}

/** Plays on from elsewhere, where it plays. */
export function seek(tick: number): void {
  if (state.playing && view && !onTick) void play(view, tick);
  else setPlayhead(tick);
}

/** One short note, as when a key is touched; silent until the sound has been switched on by playing. */
export function audition(pitch: number, part: number): void {
  if (!state.view || state.playing) return;
  wake();
  void open()
    .then(() => {
      setUp(state.view!);
      out!.gain.cancelScheduledValues(0);
      out!.gain.setValueAtTime(1, context!.currentTime);
      synth!.noteOn(channelOf(part), pitch, 78);
      synth!.noteOff(channelOf(part), pitch, { time: context!.currentTime + 0.28 });
    })
    .catch(() => undefined);
}

/** Of the audio clock, in seconds; it runs only while there is sound. */
export const clock = (): number => context?.currentTime ?? 0;

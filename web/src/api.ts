// Every request the page makes; nothing leaves the server that the page came from.

import type { SoFar } from "./partial";
import type { BarLikelihood, BarOriginality, Choices, Edit, Fault, NoteId, Page, Passage, PieceLine, RuleSheet, View, Wish } from "./types";

export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Asks for the access token; set by main, so that this file knows no dialogs. */
export const gate: { ask: (again: boolean) => Promise<string | null> } = { ask: async () => null };

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await send(path, init);
  if (answer.status !== 401) return answer;
  // Requests that were refused together wait for one answer.
  await (admission ??= askUntilRight().finally(() => (admission = null)));
  location.reload();
  return new Promise(() => undefined);
}

let admission: Promise<void> | null = null;

async function askUntilRight(): Promise<void> {
  for (let again = false; ; again = true) {
    const token = await gate.ask(again);
    if (token === null) throw new Refusal("This page needs the token that the server printed when it started.", 401);
    // The address with the token sets this browser's cookie.
    if ((await send(`/?token=${encodeURIComponent(token)}`, {})).ok) return;
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, credentials: "same-origin" });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Refusal("The server does not answer. Is stretto studio still running?", 0);
  }
  if (answer.ok || answer.status === 401) return answer;
  throw new Refusal(await detailOf(answer), answer.status);
}

async function detailOf(answer: Response): Promise<string> {
  try {
    const { detail } = await answer.json();
    if (typeof detail === "string") return detail;
    if (Array.isArray(detail) && detail[0]?.msg) return String(detail[0].msg);
  } catch {
    // Not JSON: the status says it.
  }
  return `The server answered ${answer.status}.`;
}

function jsonBody(method: string, body: unknown): RequestInit {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

const get = async <T>(path: string): Promise<T> => (await call(path)).json();
const post = async <T>(path: string, body: unknown): Promise<T> => (await call(path, jsonBody("POST", body))).json();
const piece = (id: string): string => `/api/pieces/${encodeURIComponent(id)}`;

export const listPieces = (): Promise<PieceLine[]> => get("/api/pieces");
export const openPiece = (id: string): Promise<View> => get(piece(id));
export const createPiece = (body: { title?: string; notation?: string }): Promise<View> => post("/api/pieces", body);
export const renamePiece = async (id: string, title: string): Promise<View> =>
  (await call(piece(id), jsonBody("PATCH", { title }))).json();
export const deletePiece = async (id: string): Promise<void> => void (await call(piece(id), { method: "DELETE" }));
export const sendEdits = (id: string, revision: number, edits: Edit[]): Promise<View> =>
  post(`${piece(id)}/edits`, { revision, edits });
export const undo = (id: string, revision: number): Promise<View> => post(`${piece(id)}/undo`, { revision });
export const redo = (id: string, revision: number): Promise<View> => post(`${piece(id)}/redo`, { revision });
export const startVerb = (id: string, wish: Wish): Promise<{ job: string }> => post(`${piece(id)}/verbs`, wish);
export const accept = (id: string, revision: number, job: string, candidate: number): Promise<View> =>
  post(`${piece(id)}/accept`, { revision, job, candidate });
export const checkPiece = (id: string, rules: string): Promise<{ revision: number; why?: string; faults: Fault[] }> =>
  get(`${piece(id)}/check?rules=${encodeURIComponent(rules)}`);
export const likelihood = (id: string): Promise<{ revision: number; natsPerNote?: number | null; why?: string; sentences?: string[]; bars: BarLikelihood[] }> =>
  get(`${piece(id)}/likelihood`);
export const originality = (id: string): Promise<{ revision: number; sentence: string; why: string; bars: BarOriginality[]; passages: Passage[] }> =>
  get(`${piece(id)}/originality`);
export const listSheets = (): Promise<RuleSheet[]> => get("/api/sheets");
export const sheetUrl = (id: string): string => `/api/sheets/${encodeURIComponent(id)}.toml`;
export const removeSheet = async (id: string): Promise<void> => void (await call(`/api/sheets/${encodeURIComponent(id)}`, { method: "DELETE" }));
export const chosenSheet = (id: string): Promise<{ rules: string }> => get(`${piece(id)}/rules`);
export const chooseSheet = async (id: string, rules: string): Promise<void> => void (await call(`${piece(id)}/rules`, jsonBody("PUT", { rules })));

export async function keepSheet(file: File): Promise<RuleSheet> {
  const init = { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file };
  return (await call(`/api/sheets?name=${encodeURIComponent(file.name)}`, init)).json();
}

interface Engraved {
  revision: number;
  pages: Page[];
}

export const pages = async (id: string, revision: number, signal: AbortSignal): Promise<Engraved> =>
  (await call(`${piece(id)}/pages?revision=${revision}`, { signal })).json();

/** Of a page, the bars, from 0, with which its lines begin and those of the page before; and what comes after it, and after the line that follows. */
export interface Breaks {
  number: number;
  before: number[];
  lines: number[];
  after: number;
  until: number;
}

const query = (breaks: Breaks): string =>
  Object.entries(breaks).flatMap(([name, bars]) => [bars].flat().map((bar) => `${name}=${bar}`)).join("&");
export const onePage = (id: string, breaks: Breaks): Promise<Engraved> => get(`${piece(id)}/page?${query(breaks)}`);
export const onePageUrl = (id: string, breaks: Breaks, revision: number): string =>
  `${piece(id)}/page.svg?${query(breaks)}&revision=${revision}`;
export const choices = (): Promise<Choices> => get("/api/choices");

export const pageUrl = (id: string, n: number, revision: number): string =>
  `${piece(id)}/pages/${n}.svg?revision=${revision}`;
export const downloadUrl = (id: string, kind: string): string => `${piece(id)}/download/${kind}`;
export const pieceAsText = async (id: string): Promise<string> => (await call(downloadUrl(id, "text"))).text();
export const candidateUrl = (job: string, n: number): string =>
  `/api/jobs/${encodeURIComponent(job)}/candidates/${n}.mid`;

export async function uploadPiece(file: File): Promise<View> {
  const init = { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file };
  return (await call(`/api/pieces/upload?name=${encodeURIComponent(file.name)}`, init)).json();
}

export async function soundFont(): Promise<ArrayBuffer> {
  return (await call("/api/soundfont")).arrayBuffer();
}

export interface JobEvents {
  progress(event: { candidate: number; done: number; total: number }): void;
  partial(event: SoFar): void;
  candidate(event: { candidate: number; seed?: number; natsPerNote?: number; report?: string[]; view: View }): void;
  refused(event: { candidate: number; message: string }): void;
  done(): void;
  failed(message: string): void;
}

/** Follows a job until it is done; the function that comes back stops listening and ends the work. */
export function followJob(job: string, on: JobEvents): () => void {
  const path = `/api/jobs/${encodeURIComponent(job)}`;
  const source = new EventSource(`${path}/events`);
  const read = (event: Event): never => JSON.parse((event as MessageEvent<string>).data || "{}") as never;
  let ended = false;
  const end = (then?: () => void): void => {
    if (ended) return;
    ended = true;
    source.close();
    then?.();
  };
  source.addEventListener("progress", (event) => on.progress(read(event)));
  source.addEventListener("partial", (event) => on.partial(read(event)));
  source.addEventListener("candidate", (event) => on.candidate(read(event)));
  source.addEventListener("refused", (event) => on.refused(read(event)));
  source.addEventListener("done", () => end(() => on.done()));
  source.addEventListener("failed", (event) => end(() => on.failed((read(event) as { message: string }).message)));
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED) end(() => on.failed("The connection to the server broke."));
  };
  return () => end(() => void fetch(path, { method: "DELETE", credentials: "same-origin" }).catch(() => undefined));
}

export type { NoteId };

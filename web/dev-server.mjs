// A stand-in for the studio's server, with the same routes and headers, that composes nothing: for work on the page.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const statics = join(here, "../src/stretto/studio/static");
const font = join(here, "../src/stretto/render/data/stretto.sf2");
const fixture = (name) => readFile(join(here, "fixtures", name), "utf8");
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain" };
const CSP =
  "default-src 'self'; img-src 'self' blob: data:; style-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
  "object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const first = JSON.parse(await fixture("view.json"));
const FIELDS = ["part", "staff", "voice", "onset", "duration", "pitch", "velocity", "grace"];
let history = [first];
let at = 0;
const jobs = new Map();
let count = 0;

const view = () => ({ ...history[at], revision: at + 1, canUndo: at > 0, canRedo: at < history.length - 1 });
const keep = (next) => {
  history = [...history.slice(0, at + 1), next];
  at += 1;
  return view();
};

function edited(notes, edit) {
  if (edit.op === "add") {
    const { op, ...placed } = edit;
    return [...notes, { ...placed, id: `n${++count}`, voice: 1, velocity: 80, grace: 0 }];
  }
  const has = (note) => edit.ids.includes(note.id);
  if (edit.op === "delete") return notes.filter((note) => !has(note));
  if (edit.op === "resize") return notes.map((n) => (has(n) ? { ...n, duration: Math.max(1, n.duration + edit.ticks) } : n));
  return notes.map((n) => (has(n) ? { ...n, onset: n.onset + edit.ticks, pitch: n.pitch + edit.semitones } : n));
}

/** The fixture with notes of the middle shaken, so that candidates differ. */
function invented(n) {
  const notes = first.notes.map((note, i) => ((i * 7 + n * 5) % 11 < 3 ? { ...note, pitch: note.pitch + [2, -2, 3][n % 3] } : note));
  return { ...view(), notes };
}

async function stream(id, response) {
  const wish = jobs.get(id);
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const send = (name, data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  const total = first.bars.length;
  for (let done = 1; done <= total; done++) {
    for (let candidate = 0; candidate < wish.candidates; candidate++) {
      if (!jobs.has(id)) return response.end();
      send("progress", { candidate, done, total });
      const end = first.bars[done - 1].end;
      const { notes, ...frame } = invented(candidate);
      const rows = notes.filter((note) => note.onset < end).map((note) => FIELDS.map((field) => Number(note[field] ?? 0)));
      send("partial", { candidate, done, total, frame, notes: rows, end, kept: first.bars[done - (done % 2) - 1]?.end ?? 0 });
    }
    await new Promise((then) => setTimeout(then, 120));
  }
  for (let candidate = 0; candidate < wish.candidates; candidate++) {
    send("candidate", { candidate, seed: 7 + candidate, natsPerNote: 0.93 + candidate / 9, report: ["kept the best of 16 versions"], view: invented(candidate) });
  }
  send("done", {});
  response.end();
}

const likelihood = () => first.bars.map((bar, i) => ({ ...bar, natsPerNote: 0.5 + ((i * 37) % 23) / 10, why: "The alto leaps where it usually steps." }));
const faults = () => [
  { rule: "parallels", sentence: "Two voices do not move in parallel fifths or octaves.", how_often: "Bach: 1 in 540 bars", bar: 3, tick: 150, end: 198, parts: [1, 3], notes: [] },
  { rule: "spacing", sentence: "Soprano and alto stay within an octave.", how_often: "Bach: 1 in 38 bars", bar: 6, tick: 408, end: 456, parts: [0, 1], notes: [] },
];
const choices = {
  ensembles: [
    { name: "choir", styles: ["bach", "hymn", "renaissance"], meters: ["4/4", "3/4"], forms: [] },
    { name: "keyboard", styles: ["any", "baroque", "classical", "romantic", "chopin"], meters: ["4/4", "3/4", "2/4", "6/8"], forms: ["AABA", "ABA", "AAB"] },
    { name: "quartet", styles: ["any", "classical", "romantic"], meters: ["4/4", "3/4", "2/4", "6/8"], forms: ["AABA", "ABA"] },
  ],
  keys: ["C major", "G major", "D major", "F major", "A minor", "E minor", "D minor", "G minor"],
  verbs: ["compose", "continue", "harmonize", "infill", "vary"],
};

async function routed(method, path, body) {
  const route = `${method} ${path}`;
  if (route === "GET /api/choices") return choices;
  if (route === "GET /api/sheets") return [{ id: "chorale", name: "chorale", title: "Four-part chorale", kind: "chorale", own: false }];
  if (route === "GET /api/pieces") return [{ id: "demo", title: view().title, revision: view().revision, modified: "" }];
  if (method === "POST" && path.startsWith("/api/pieces/upload")) return body.startsWith("MThd") ? keep({ ...first, title: "Dropped" }) : { refuse: "broken.mid: not a MIDI file (it does not begin with MThd)" };
  if (route === "POST /api/pieces") return keep({ ...first, title: JSON.parse(body).title ?? "Untitled" });
  const [, id, rest] = /^\/api\/pieces\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  if (!id) return undefined;
  const told = method !== "GET" && body ? JSON.parse(body) : {};
  if (told.revision !== undefined && told.revision !== view().revision) return { refuse: "someone changed this piece", status: 409 };
  if (!rest) return method === "PATCH" ? keep({ ...history[at], title: told.title }) : view();
  if (rest === "edits") return keep({ ...history[at], notes: told.edits.reduce(edited, history[at].notes) });
  if (rest === "undo") return (at = Math.max(0, at - 1)), view();
  if (rest === "redo") return (at = Math.min(history.length - 1, at + 1)), view();
  if (rest === "pages") return { ...JSON.parse(await fixture("pages.json")), revision: view().revision };
  if (rest === "verbs") return jobs.set(`job${++count}`, told), { job: `job${count}` };
  if (rest === "accept") return keep({ ...invented(told.candidate) });
  if (rest === "check") return { revision: view().revision, faults: faults() };
  if (rest === "rules") return { rules: "chorale" };
  if (rest === "originality") return { revision: view().revision, sentence: "Nothing of note is shared.", why: "", passages: [], bars: first.bars.map((bar, i) => ({ ...bar, share: (i % 5) / 4, why: "" })) };
  if (rest === "likelihood") return { revision: view().revision, bars: likelihood() };
  return undefined;
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://localhost");
  response.setHeader("Content-Security-Policy", CSP);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("latin1");
  const job = /^\/api\/jobs\/([^/]+)(\/events)?/.exec(url.pathname);
  if (job?.[2]) return stream(job[1], response);
  if (job) return jobs.delete(job[1]), response.writeHead(204).end();
  const send = (data, type) => response.writeHead(200, { "Content-Type": type }).end(data);
  try {
    if (url.pathname === "/api/soundfont") return send(await readFile(font), "application/octet-stream");
    if (/pages\/1\.svg$/.test(url.pathname)) return send(await fixture("page-1.svg"), "image/svg+xml");
    if (url.pathname.startsWith("/api/")) {
      const answer = await routed(request.method, url.pathname, body);
      if (answer === undefined) return response.writeHead(404, { "Content-Type": "application/json" }).end('{"detail":"nothing here"}');
      if (answer.refuse) return response.writeHead(answer.status ?? 422, { "Content-Type": "application/json" }).end(JSON.stringify({ detail: answer.refuse }));
      return send(JSON.stringify(answer), "application/json");
    }
    const file = normalize(url.pathname === "/" ? "/index.html" : url.pathname.replace(/^\/static/, ""));
    return send(await readFile(join(statics, file)), TYPES[extname(file)] ?? "application/octet-stream");
  } catch {
    return response.writeHead(404).end();
  }
}).listen(Number(process.env.PORT ?? 8765), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});

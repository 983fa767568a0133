// Looks at the page in Chromium: drives it a little and leaves pictures in looks/. Needs a server: node dev-server.mjs.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

const url = process.env.URL ?? "http://127.0.0.1:8765";
await mkdir("looks", { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
});

const wrong = [];
async function open(width, height, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.on("console", (m) => m.type() === "error" && wrong.push(m.text()));
  page.on("pageerror", (e) => wrong.push(String(e)));
  page.on("request", (r) => !r.url().startsWith(url) && !r.url().startsWith("data:") && !r.url().startsWith("blob:") && wrong.push(`outside: ${r.url()}`));
  await page.goto(url);
  await page.waitForSelector(".sheet img");
  await page.waitForTimeout(400);
  return page;
}
const look = (page, name) => page.screenshot({ path: `looks/${name}.png` });

for (const [width, height] of [[1440, 900], [1024, 720]]) {
  for (const scheme of ["light", "dark"]) {
    const page = await open(width, height, scheme);
    await look(page, `${scheme}-${width}`);
    await page.click("#tab-check");
    await page.click("#check");
    await page.waitForSelector(".fault-line");
    await page.click(".fault-line");
    await look(page, `${scheme}-${width}-check`);
    await page.click("#tab-write");
    await page.click("#go");
    await page.waitForTimeout(700);
    await look(page, `${scheme}-${width}-making`);
    await page.waitForSelector(".take:not(:disabled)");
    await look(page, `${scheme}-${width}-candidates`);
    await page.close();
  }
}

const page = await open(1440, 900, "light");
const notes = () => page.evaluate(async () => (await (await fetch("/api/pieces/demo")).json()).notes.length);
const before = await notes();
await page.click("#roll", { position: { x: 300, y: 300 } });
await page.keyboard.press("ArrowRight");
await page.keyboard.press("ArrowUp");
await page.waitForTimeout(200);
console.log("says", await page.textContent("#says"), "|", await page.textContent("#selection-says"));
await page.keyboard.press("Delete");
await page.waitForTimeout(300);
console.log("deleted", before - (await notes()));
await page.keyboard.press("Control+z");
await page.waitForTimeout(300);
console.log("after undo", before - (await notes()));
await page.dblclick("#roll", { position: { x: 330, y: 60 } });
await page.waitForTimeout(300);
console.log("added", (await notes()) - before);
const pitchOf = (id) => page.evaluate(async (own) => (await (await fetch("/api/pieces/demo")).json()).notes.find((n) => n.id === own), id);
const drag = async (x0, y0, x1, y1) => {
  const around = await page.locator("#roll").boundingBox();
  await page.mouse.move(around.x + x0, around.y + y0);
  await page.mouse.down();
  await page.mouse.move(around.x + (x0 + x1) / 2, around.y + (y0 + y1) / 2);
  await page.mouse.move(around.x + x1, around.y + y1);
  await page.mouse.up();
  await page.waitForTimeout(250);
};
await page.keyboard.press("Escape");
await drag(330, 40, 460, 330);
console.log("rectangle", await page.textContent("#selection-says"));
await page.click("[data-name=Soprano] .part-name");
console.log("part", await page.textContent("#selection-says"));
await page.keyboard.press("Home");
await page.focus("#roll");
await page.keyboard.press("Escape");
await page.keyboard.press("ArrowRight");
const first = await page.evaluate(async () => (await (await fetch("/api/pieces/demo")).json()).notes.filter((n) => n.part === 0).sort((a, b) => a.onset - b.onset)[0].id);
const was = await pitchOf(first);
await page.keyboard.press("Shift+ArrowRight");
await page.keyboard.press("ArrowDown");
await page.waitForTimeout(300);
const is = await pitchOf(first);
console.log("keys: lengthened", is.duration - was.duration, "moved", is.pitch - was.pitch);
await page.keyboard.press("Control+z");
await page.keyboard.press("Control+z");
await page.keyboard.press("Home");
const clicked = Date.now();
await page.keyboard.press(" ");
await page.waitForFunction(() => document.getElementById("transport").dataset.playing === "true" && Number(document.getElementById("transport").dataset.clock) > 0.1);
console.log("playing after ms", Date.now() - clicked);
await page.waitForTimeout(1500);
console.log("where", await page.textContent("#where"));
await look(page, "playing");
await page.keyboard.press(" ");
await page.keyboard.press("?");
await look(page, "help");
await page.keyboard.press("Escape");
await page.click("#tab-enter");
await page.click("#download");
await look(page, "enter");
console.log(wrong.length ? wrong : "no errors, no request outside");
await browser.close();

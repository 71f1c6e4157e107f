// A browser that only opens files, and what the tests ask of it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const artifacts = join(fileURLToPath(new URL(".", import.meta.url)), "artifacts");
export const sample = pathToFileURL(join(artifacts, "project/target/docs/index.html")).href;
export const large = pathToFileURL(join(artifacts, "large.html")).href;
export const manifest = JSON.parse(readFileSync(join(artifacts, "project/target/manifest.json"), "utf8"));

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

// launch starts a browser with a profile of its own.
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// visit opens a page of its own. What it asks for beside the file, and what it says on
// the console, is kept in trouble.
export async function visit(browser, address, { scheme = "light", size = "wide" } = {}) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: scheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const trouble = [];
  const file = address.split("#")[0];
  page.on("request", (r) => {
    if (r.url().split("#")[0] !== file && !r.url().startsWith("data:")) trouble.push("asked for " + r.url());
  });
  page.on("console", (m) => trouble.push(`${m.type()} on the console: ${m.text()}`));
  page.on("pageerror", (e) => trouble.push(e.stack));
  await page.goto(address);
  await settled(page);
  return { page, trouble, close: () => context.close() };
}

// settled waits until the page has drawn what it was told to.
export function settled(page) {
  return page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

// open goes to another view of the same page.
export async function open(page, fragment) {
  await page.evaluate((to) => { location.hash = to; }, fragment);
  await settled(page);
}

// violations are what axe finds, each with the elements it is about.
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((v) => `${v.id}: ${v.help}\n    ` + v.nodes.slice(0, 4).map((n) => n.html.slice(0, 200) + "\n      " + n.failureSummary.replaceAll("\n", " ")).join("\n    "));
}

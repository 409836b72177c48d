/**
 * Looks at every screen as a person would: opens it in a browser at both sizes and in both languages, takes a picture,
 * and names what is wrong: console errors, sideways scroll, words wider than their box, raw word keys, targets under
 * 44 px on the phone. `node look/look.mjs URL[,URL…] PREFIX [only]`, each URL as `lianhu serve` prints it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { phone: { width: 390, height: 844 }, wide: { width: 1280, height: 800 } };

export async function open() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
}

/** What a person would trip over on the page as it stands. */
export function faults(phone) {
  const found = [];
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility !== "hidden";
  };
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push(`sideways ${document.documentElement.scrollWidth}`);
  const raw = document.body.innerText.match(/\b(act|nav|help|error|visit|card|today|fact|code|doubt|rule|what|report)\.[a-z_]+/g);
  if (raw) found.push(`raw ${raw.join(",")}`);
  for (const element of document.querySelectorAll("button, a, input, select, textarea, summary")) {
    if (!seen(element)) continue;
    const box = element.getBoundingClientRect();
    const label = (element.getAttribute("aria-label") || element.innerText || element.id || element.tagName).slice(0, 24).replace(/\n/g, " ");
    if (phone && (box.height < 43.5 || box.width < 43.5)) found.push(`small ${Math.round(box.width)}x${Math.round(box.height)} ${label}`);
    if (element.scrollWidth > element.clientWidth + 2 && getComputedStyle(element).overflowX !== "auto" && element.tagName !== "INPUT" && element.clientWidth) found.push(`overflows ${label}`);
    if (box.right > innerWidth + 1 && !element.closest(".scroller")) found.push(`beyond ${label}`);
  }
  return [...new Set(found)];
}

/** Opens one address in a page of this size and language and pictures it. */
export async function look(browser, base, path, { size, language, name, large = false, act }) {
  const context = await browser.newContext({ viewport: SIZES[size], locale: language, deviceScaleFactor: 1 });
  const page = await context.newPage();
  const errors = [];
  page.on("console", (message) => message.type() === "error" && errors.push(`console ${message.text()}`));
  page.on("pageerror", (error) => errors.push(`page ${error.message}`));
  await page.goto(`${base}#/${path}`);
  await page.waitForTimeout(900);
  if (large) await page.evaluate(() => document.documentElement.classList.add("large"));
  if (act) await act(page).catch((error) => errors.push(`act ${error.message.slice(0, 160)}`));
  await page.waitForTimeout(350);
  const found = [...errors, ...(await page.evaluate(faults, size === "phone"))];
  await page.evaluate(AXE);
  const axe = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  for (const one of axe.violations.filter((each) => ["serious", "critical"].includes(each.impact))) {
    found.push(`axe ${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 110)).join(" | ")}`);
  }
  mkdirSync("shots", { recursive: true });
  await page.screenshot({ path: `shots/${name}.png` });
  await context.close();
  if (found.length) console.log(name, "\n   ", found.join("\n    "));
  return found;
}

/** Several pictures on one sheet, to look at together. */
export async function sheet(browser, names, out, width) {
  const page = await browser.newPage({ viewport: { width: names.length * (width + 12) + 12, height: 100 } });
  const images = names.map((name) => `<img src="file://${process.cwd()}/shots/${name}.png" width="${width}" style="margin:6px;border:1px solid #999">`);
  writeFileSync("shots/sheet.html", `<body style="margin:6px;display:flex;align-items:flex-start;background:#bbb">${images.join("")}</body>`);
  await page.goto(`file://${process.cwd()}/shots/sheet.html`);
  await page.waitForTimeout(300);
  await page.screenshot({ path: out, fullPage: true });
  await page.close();
}

// Looks at one page in a real browser, in every way that matters, and prints what it found as JSON.
//
// Nothing is judged here: each list is empty when all is well, and the test that started this says what has to hold.
"use strict";

const { chromium } = require("playwright-core");
const axeSource = require("axe-core").source;
const path = require("node:path");

const order = JSON.parse(process.argv[2]);
const { url, without } = order;

const WIDTHS = [320, 768, 1280];
const SCHEMES = ["light", "dark"];
const ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

async function main() {
  // A fresh profile for each look. What is opened below are contexts of their own beside it.
  const first = await chromium.launchPersistentContext(order.profile, {
    executablePath: order.chromium, args: ARGUMENTS, headless: true,
  });
  const browser = first.browser();
  const found = {
    console: [], requests: [], overflow: [], axe: [], unseen: [], executed: [], ids: [], folded: [], unfocused: [],
  };
  try {
    const open = (options) => opened(browser, options, found);
    for (const scheme of SCHEMES) {
      for (const width of WIDTHS) await layout(open, scheme, width, found);
      await accessibility(open, scheme, found);
    }
    await withoutScripts(open, found);
    await structure(open, found);
    await keyboard(open, found);
    found.control = await control(open);
  } finally {
    await first.close();
  }
  process.stdout.write(JSON.stringify(found));
}

// A context of its own, whose page reports what the browser says and what the policy stopped.
async function opened(browser, { heard = true, ...options }, found) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  if (heard) {
    page.on("console", (message) => found.console.push(message.text()));
    page.on("pageerror", (error) => found.console.push(String(error)));
    page.on("request", (request) => {
      if (request.url() !== url) found.requests.push(request.url());
    });
  }
  return { context, page };
}

async function layout(open, scheme, width, found) {
  const { context, page } = await open({ colorScheme: scheme, viewport: { width, height: 900 } });
  await page.goto(url);
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    // A box that scrolls in itself may hold what is wider; nothing else may.
    const inBox = (element) => element.parentElement?.closest("pre, [role=region]");
    const beyond = [...document.body.querySelectorAll("*")]
      .filter((element) => !inBox(element))
      .filter((element) => { const box = element.getBoundingClientRect(); return box.right > width + 0.5 || box.left < -0.5; })
      .map((element) => element.outerHTML.slice(0, 80));
    return { scroll: document.documentElement.scrollWidth, width, beyond };
  });
  if (wide.scroll > wide.width || wide.beyond.length > 0) found.overflow.push({ scheme, width, ...wide });
  await texts(page, `${scheme} ${width}`, found);
  if (order.screenshots) {
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = false; }));
    await page.screenshot({
      path: path.join(order.screenshots, `${order.name}-${scheme}-${width}.png`), fullPage: true,
    });
  }
  await context.close();
}

// What has to be seen is seen as text, and nothing of it ran or became an element.
async function texts(page, where, found) {
  if (!order.screenshots) {
    const shown = await page.evaluate(() => document.body.textContent);
    for (const text of order.texts) if (!shown.includes(text)) found.unseen.push({ where, text });
  }
  const executed = await page.evaluate(() => ({
    executed: window.executed ?? null,
    elements: document.querySelectorAll("script, img, iframe, object, embed, form, input, [onfocus], [onerror], [style]").length,
  }));
  // A notice's id must not take the place of something of the page's own.
  const ids = await page.evaluate(() => [...document.querySelectorAll("[id]")].map((element) => element.id));
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.ids.push({ where, id });
  if (executed.executed !== null || executed.elements > 0) found.executed.push({ where, ...executed });
}

// axe is injected, which the policy would stop; so it looks at the same bytes without one.
async function accessibility(open, scheme, found) {
  for (const width of [320, 1280]) {
    const { context, page } = await open({
      colorScheme: scheme, heard: false, viewport: { width, height: 900 },
    });
    await page.goto(without);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
    await page.addScriptTag({ content: axeSource });
    const result = await page.evaluate(() => window.axe.run(document, {
      runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    }));
    for (const violation of result.violations) {
      for (const node of violation.nodes) {
        found.axe.push({ scheme, width, rule: violation.id, target: node.target, why: node.failureSummary });
      }
    }
    // A run in which nothing was looked at has no violations either.
    if (!result.passes.some((rule) => rule.id === "color-contrast")) {
      found.axe.push({ scheme, width, rule: "color-contrast was not looked at" });
    }
    await context.close();
  }
}

async function withoutScripts(open, found) {
  const { context, page } = await open({ javaScriptEnabled: false });
  await page.goto(url);
  // Folded languages unfold without scripts too.
  const summaries = page.locator("summary");
  for (let index = 0; index < await summaries.count(); index += 1) {
    await summaries.nth(index).click({ timeout: 2000 }).catch(() => found.folded.push(index));
  }
  if (await page.locator("details[open]").count() !== await summaries.count()) found.folded.push("it stays folded");
  if (!order.screenshots) {
    const shown = await page.locator("body").innerText();
    const plain = (text) => text.replace(/\s+/g, " ");
    for (const text of order.texts) {
      if (!plain(shown).includes(plain(text))) found.unseen.push({ where: "without scripts", text });
    }
  }
  await context.close();
}

// What a screen reader is told: the browser's own accessibility tree.
async function structure(open, found) {
  const { context, page } = await open({});
  await page.goto(url);
  const session = await context.newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  // The browser lists them level by level; a reader goes down each branch before the next.
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const branch = (node) => [node, ...(node.childIds ?? []).flatMap((id) => branch(byId.get(id)))];
  const seen = branch(nodes[0]).filter((node) => !node.ignored);
  const role = (node) => node.role?.value;
  found.headings = seen.filter((node) => role(node) === "heading").map((node) => ({
    level: node.properties.find((property) => property.name === "level").value.value,
    name: node.name.value,
  }));
  const landmarks = new Set(["banner", "main", "contentinfo"]);
  found.landmarks = seen.map(role).filter((name) => landmarks.has(name));
  await context.close();
}

// The tabulator reaches every link, every fold and every box that scrolls, and one sees where it is.
async function keyboard(open, found) {
  const { context, page } = await open({ viewport: { width: 320, height: 900 } });
  await page.goto(url);
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], summary, pre, [tabindex]")]
      .filter((element) => element.checkVisibility())
      .filter((element) => element.tagName !== "PRE" || getComputedStyle(element).overflowX === "auto");
    all.forEach((element, index) => { element.dataset.index = index; });
    return all.map((element) => element.outerHTML.slice(0, 80));
  });
  const reached = new Set();
  for (let step = 0; step < wanted.length + 2; step += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      const visible = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return { index: element.dataset.index ?? null, visible };
    });
    if (now.index === null) continue;
    if (now.visible) reached.add(Number(now.index));
  }
  wanted.forEach((element, index) => { if (!reached.has(index)) found.unfocused.push(element); });
  found.links = wanted.length;
  await context.close();
}

// The policy stops a script that gets into the page, and without it the same script runs.
async function control(open) {
  const inject = () => {
    const script = document.createElement("script");
    script.textContent = "window.injected = true";
    document.body.append(script);
    return window.injected === true;
  };
  const attempt = async (address) => {
    const { context, page } = await open({ heard: false });
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    await page.goto(address);
    const ran = await page.evaluate(inject);
    const reported = said.some((text) => text.includes("Content Security Policy"));
    await context.close();
    return { ran, reported };
  };
  const stopped = await attempt(url);
  const free = await attempt(without);
  return { blocked: !stopped.ran, reported: stopped.reported, ranWithout: free.ran };
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

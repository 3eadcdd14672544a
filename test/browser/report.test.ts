import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportRenderer } from "../../src/adapters/report/renderer.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { buildRoi } from "../../src/app/roi/build-roi.ts";
import type { RoiFacts } from "../../src/domain/roi/report/facts.ts";
import { planReport } from "../../src/domain/roi/report/plan-report.ts";
import { requireOrSkip } from "../support/require.ts";
import { bankFacts, emptyFacts, programmeFacts } from "../support/roi-facts.ts";
import { createMartsWarehouse } from "../support/roi-marts.ts";
import { type RollOutRows, rollOutRows } from "../support/roll-out-marts.ts";

const hasBrowser = requireOrSkip("browser");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const hostile = programmeFacts();
const longName = `<script>alert(1)</script>${"Unbreakable".repeat(12)}`;
const pages: Readonly<Record<string, readonly [RoiFacts, compare: string | null]>> = {
  programme: [programmeFacts(), null],
  comparison: [bankFacts(), "1999-W05:1999-W08"],
  empty: [emptyFacts, null],
  hostile: [
    {
      ...hostile,
      challenges: hostile.challenges.map((challenge) => ({ ...challenge, name: longName })),
      statusChanges: hostile.statusChanges.map((change) => ({ ...change, name: longName })),
    },
    null,
  ],
};

/** Pages with an effect against a comparison group, from marts. */
const oneChallenge = `insert into marts.fct_gamification_event
  select '00000000-0000-0000-0000-0000000000c1', agent_id, enrolled_on + 7 * cast(week as integer), 5
  from intermediate.int_first_enrolments, generate_series(0, 5) as run(week)`;
const rollOuts: Readonly<Record<string, Partial<RollOutRows>>> = {
  effect: { more: [oneChallenge] },
  bracket: { allocation: "performance", more: [oneChallenge] },
};

const folder = mkdtempSync(join(tmpdir(), "gami-report-"));
/** Set GAMI_SCREENSHOTS to a folder to look at what the browser saw. */
const screenshots = process.env.GAMI_SCREENSHOTS;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  if (screenshots !== undefined) mkdirSync(screenshots, { recursive: true });
  for (const [name, [facts, compare]] of Object.entries(pages)) {
    const report = planReport(facts, { month: null, challenge: null, compare });
    writeFileSync(
      join(folder, `${name}.html`),
      await reportRenderer.render(report, "html", { organisation: "Northwind", version: "1.2.3" }),
    );
  }
  for (const [name, changes] of Object.entries(rollOuts)) {
    const path = join(folder, `${name}.duckdb`);
    await createMartsWarehouse(path, rollOutRows(changes));
    const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 1 });
    const scope = { month: null, challenge: null, compare: null };
    const { report } = await buildRoi({ warehouse, clock: { now: () => 0 }, version: "1.2.3" }, scope);
    await warehouse.close();
    writeFileSync(
      join(folder, `${name}.html`),
      await reportRenderer.render(report, "html", { organisation: "Northwind", version: "1.2.3" }),
    );
  }
  browser = await chromium.launch({ executablePath: process.env.GAMI_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
});
afterAll(async () => {
  if (hasBrowser) await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How far the page scrolls sideways, and the parts that reach past its edge though nothing hides them. */
const overflow = `(() => {
  const width = document.documentElement.clientWidth;
  const parts = [...document.querySelectorAll("header, section, .rows, .card, figure, svg, tbody td, tbody th, h1, h2, h3, p, li, dd, dt")];
  const wide = parts.filter((part) => part.getBoundingClientRect().right > width + 0.5).map((part) => part.outerHTML.slice(0, 120));
  return [document.documentElement.scrollWidth - width, wide];
})()`;

/** Words of a chart that reach out of its frame, or into each other. */
const misplaced = `(() => {
  const found = [];
  for (const chart of document.querySelectorAll("svg.chart")) {
    const frame = chart.getBoundingClientRect();
    if (frame.width === 0) continue;
    const words = [...chart.querySelectorAll("text")].flatMap((word) => {
      const { left, right, top, bottom } = word.getBoundingClientRect();
      return right > left && word.textContent.trim() !== "" ? [{ text: word.textContent, left, right, top, bottom }] : [];
    });
    for (const word of words)
      if (word.left < frame.left - 1 || word.right > frame.right + 1 || word.top < frame.top - 1 || word.bottom > frame.bottom + 1)
        found.push(chart.querySelector("title").textContent + ": outside: " + word.text);
    words.forEach((one, index) => {
      for (const other of words.slice(index + 1))
        if (Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3)
          found.push(chart.querySelector("title").textContent + ": over each other: " + one.text + " / " + other.text);
    });
  }
  return found;
})()`;

interface View {
  readonly name: string;
  readonly width: number;
  readonly scheme: "light" | "dark";
}

const views: View[] = [...Object.keys(pages), ...Object.keys(rollOuts)].flatMap((name) =>
  [1280, 390].flatMap((width) => (["light", "dark"] as const).map((scheme) => ({ name, width, scheme }))),
);

async function open({ name, width, scheme }: View, javaScriptEnabled: boolean): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled });
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) faults.push(request.url());
  });
  await page.goto(`file://${join(folder, `${name}.html`)}`);
  return { page, faults };
}

describe.runIf(hasBrowser)("the HTML report in a browser", () => {
  test.each(views)("$name at $width px, $scheme, without JavaScript: complete, nothing refused, no sideways scrolling", async (view) => {
    const { page, faults } = await open(view, false);
    expect(faults).toEqual([]);
    expect(await page.evaluate(overflow)).toEqual([0, []]);
    expect(await page.evaluate(misplaced)).toEqual([]);
    expect(await page.locator("svg.wide:visible").count()).toBe(view.width > 640 ? await page.locator("svg.wide").count() : 0);
    expect(await page.locator("svg.narrow:visible").count()).toBe(view.width > 640 ? 0 : await page.locator("svg.narrow").count());
    if (screenshots !== undefined)
      await page.screenshot({ path: join(screenshots, `${view.name}-${view.width}-${view.scheme}.png`), fullPage: true });
    await page.close();
  });

  test.each(views.filter(({ name, width, scheme }) => name !== "empty" && (width === 390) === (scheme === "dark")))(
    "$name at $width px, $scheme: axe finds nothing to object to",
    async (view) => {
      const { page } = await open(view, true);
      const result: unknown = await page.evaluate(`(() => { ${axeSource}; return axe.run(document); })()`);
      expect(violationsOf(result)).toEqual([]);
      await page.close();
    },
  );

  test("a hostile name is shown as it is written and runs nothing", async () => {
    const { page, faults } = await open({ name: "hostile", width: 1280, scheme: "light" }, true);
    expect(await page.locator("script").count()).toBe(0);
    expect(await page.locator("tbody th", { hasText: "<script>alert(1)</script>" }).count()).toBeGreaterThan(0);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("it prints: every section lands in the PDF, in ink on white", async () => {
    const { page } = await open({ name: "programme", width: 1280, scheme: "dark" }, false);
    const path = join(screenshots ?? folder, "programme.pdf");
    await page.pdf({ path, format: "A4" });
    expect(statSync(path).size).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.locator("section").count()).toBe(await page.locator("section:visible").count());
    expect(await page.locator("svg.narrow:visible").count()).toBe(0);
    await page.close();
  });
});

function violationsOf(result: unknown): string[] {
  if (typeof result !== "object" || result === null || !("violations" in result) || !Array.isArray(result.violations))
    return ["axe gave no result"];
  return result.violations.map((violation: unknown) => JSON.stringify(violation).slice(0, 600));
}

import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import { bankFacts, emptyFacts, programmeFacts } from "../../../test/support/roi-facts.ts";
import type { RoiFacts } from "../../domain/roi/report/facts.ts";
import { planReport } from "../../domain/roi/report/plan-report.ts";
import type { RoiReport } from "../../domain/roi/report/report.ts";
import { reportFormats } from "../../ports/report-renderer.ts";
import { cellText } from "./csv.ts";
import { escapeHtml } from "./html/markup.ts";
import { escapeMarkdown } from "./markdown.ts";
import { reportRenderer } from "./renderer.ts";

const frame = { organisation: "Northwind", version: "1.2.3" };
const everything = { month: null, challenge: null, compare: null };
const hostile = `<script>alert(1)</script>"'><img src=x onerror=y>`;
const formula = "=cmd()|' /C calc'!A0";

function named(name: string): RoiReport {
  const facts = programmeFacts();
  const renamed: RoiFacts = {
    ...facts,
    challenges: facts.challenges.map((challenge) => ({ ...challenge, name })),
    statusChanges: facts.statusChanges.map((change) => ({ ...change, name })),
  };
  return planReport(renamed, everything);
}

const programme = planReport(programmeFacts(), everything);
const bank = planReport(bankFacts(), { ...everything, compare: "1999-W05:1999-W08" });
const empty = planReport(emptyFacts, everything);

describe("every format", () => {
  test.each(reportFormats)("%s gives the same bytes twice, without NaN, undefined or an object", async (format) => {
    for (const report of [programme, bank, empty]) {
      const text = await reportRenderer.render(report, format, frame);
      expect(await reportRenderer.render(report, format, frame)).toBe(text);
      expect(text).not.toMatch(/\bNaN\b|\bInfinity\b|\[object|>undefined<|: undefined/);
      expect(text.length).toBeGreaterThan(500);
    }
  });

  test.each(["terminal", "md", "html"] as const)("%s shows the loss as a loss, with its grade and without an ROI", async (format) => {
    const text = (await reportRenderer.render(bank, format, frame)).replaceAll("\u2212", "-");
    expect(text).toContain("-42.75171 h");
    expect(text).toContain("a loss of 42.75 hours");
    expect(text).toMatch(/grade D/i);
    expect(text).toContain("no ROI can be stated");
  });

  test.each(["terminal", "md", "html", "csv"] as const)("%s names the challenges and says why a figure is missing", async (format) => {
    const text = await reportRenderer.render(programme, format, frame);
    expect(text).toContain("Quality sprint");
    expect(text).toContain("no cost is recorded, and a return on nothing is undefined");
  });
});

describe("HTML", () => {
  test("a figure of the headline stays with its unit, and what stands behind a key figure is set apart from its interval", async () => {
    const page = await reportRenderer.render(bank, "html", frame);
    expect(page).toContain("from 170.4\u00a0s to 195.4\u00a0s per interaction");
    const counted = {
      ...bank.keyFigures.roi,
      value: 1.48,
      interval: [0.35, 2.61] as const,
      n: 17_585,
      of: "interactions",
      reason: null,
    };
    const withRoi = { ...bank, keyFigures: { ...bank.keyFigures, roi: counted } };
    expect(await reportRenderer.render(withRoi, "html", frame)).toContain("[0.35 to 2.61], n = 17,585 interactions");
  });

  test("hostile names stay text, in tables, titles and charts", async () => {
    const page = await reportRenderer.render(named(hostile), "html", { ...frame, organisation: hostile });
    expect(page).not.toContain("<script");
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(escapeHtml("a\u{1}<b>'\"&")).toBe("a\u{fffd}&lt;b&gt;&#39;&quot;&amp;");
  });

  test("nothing is loaded and nothing runs: one style sheet, allowed by its hash", async () => {
    const page = await reportRenderer.render(programme, "html", frame);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? "";
    expect(policy).toMatch(/^default-src &#39;none&#39;; style-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;;/);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).not.toMatch(/ style="|<link|<script|\burl\(|@import|\bsrc=|href=/);
    expect(page).not.toMatch(/\shttps?:\/\/(?!www\.w3\.org)/);
  });

  test("every chart has lines or bars, a title and a text, in both widths, and no id comes twice", async () => {
    const page = await reportRenderer.render(programme, "html", frame);
    const charts = page.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    expect(charts.length).toBeGreaterThanOrEqual(18);
    for (const chart of charts) {
      expect(chart).toMatch(/<(path|rect|circle) [^>]*(d="M|width="\d|r="\d)/);
      expect(chart).toMatch(/role="img" [^>]*aria-labelledby|aria-labelledby[^>]*role="img"/);
      expect(chart).toMatch(/<title id="[^"]+">[^<]+<\/title><desc id="[^"]+">[^<]+<\/desc>/);
    }
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page.match(/class="chart wide /g)?.length).toBe(page.match(/class="chart narrow /g)?.length);
  });

  test("a page without data is still a whole page that says so", async () => {
    const page = await reportRenderer.render(empty, "html", frame);
    expect(page).toContain("Nothing to report yet");
    expect(page.trimEnd().endsWith("</html>")).toBe(true);
  });

  test("[T62] what is modelled is called modelled and stands outside the gain", async () => {
    const page = await reportRenderer.render(programme, "html", frame);
    expect(page).toContain("Gain, modelled");
    expect(page).toContain("A scenario, not a measurement");
  });
});

describe("CSV", () => {
  test("a cell that would run as a formula is defused, a number stays one", async () => {
    for (const start of ["=1", "+1+1", "-1-1", "@x", "\tx", "\rx"]) expect(cellText(start).replace(/^"/, "")).toMatch(/^'/);
    expect([cellText("-42.75"), cellText(-3), cellText(null), cellText('a"b,c')]).toEqual(["-42.75", "-3", "", '"a""b,c"']);
    const text = await reportRenderer.render(named(formula), "csv", frame);
    expect(text).not.toMatch(/(^|,)"?=cmd/m);
    expect(text).toContain("'=cmd()");
  });

  test("every line has as many cells as the head", async () => {
    const text = await reportRenderer.render(programme, "csv", frame);
    const lines = text.trimEnd().split("\r\n");
    const rows: string[][] = parse(text, { record_delimiter: "\r\n" });
    expect(rows).toHaveLength(lines.length);
    expect(lines[0]).toBe("section,row,name,figure,value,unit,n,of,from,to,low,high,reason,interval_reason");
    expect(lines.some((line) => line.startsWith("months,2026-05,2026-05,gain,2800.00,EUR,"))).toBe(true);
  });
});

describe("Markdown and terminal", () => {
  test("names can make no markup, link or table cell", async () => {
    expect(escapeMarkdown("a|b `c` [d](https://e) <f> *g*\n# h")).toBe("a\\|b \\`c\\` \\[d\\](https&#58;//e) &lt;f&gt; \\*g\\* \\# h");
    const text = await reportRenderer.render(named(`${hostile}|\n# x`), "md", frame);
    expect(text).not.toContain("<script");
    expect(text).not.toMatch(/^# x/m);
  });

  test("a table wider than the terminal wraps between words inside its cells, and no word of it is lost", async () => {
    const words = (text: string) => text.split(/\s+/).sort();
    const wide = await reportRenderer.render(programme, "terminal", frame);
    const narrow = await reportRenderer.render(programme, "terminal", { ...frame, width: 140 });
    const tablesOf = (text: string) => text.split("\n").filter((line) => /\S {2,}\S/.test(line));
    expect(Math.max(...tablesOf(wide).map((line) => line.length))).toBeGreaterThan(150);
    expect(Math.max(...tablesOf(narrow).map((line) => line.length))).toBeLessThanOrEqual(140);
    expect(words(narrow)).toEqual(words(wide));
    expect(narrow).toContain("301.0 s");
  });

  test("a name cannot move the cursor of a terminal", async () => {
    const text = await reportRenderer.render(named("a\u001b[2Jb\u0007\nc"), "terminal", frame);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(text).toContain("a\u{fffd}[2Jb\u{fffd}\u{fffd}c");
  });
});

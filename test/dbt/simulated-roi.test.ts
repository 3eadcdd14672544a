import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { explainEverything } from "../support/explain-everything.ts";
import { gami } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

/** What the tests read of the report's JSON. */
interface Report {
  readonly grade: string;
  readonly headline: { readonly text: string; readonly roiStated: boolean };
  readonly keyFigures: { readonly roi: { readonly value: number | null; readonly interval: readonly [number, number] | null } };
  readonly effect: {
    readonly bracket: { readonly widestLow: number; readonly widestHigh: number } | null;
    readonly outcomes: readonly { readonly name: string; readonly overall: { readonly interval: readonly [number, number] | null } }[];
  };
}

const finance =
  "  loadedRatePerHour: 30.00\n  realisation: 0.6\n  replacementCost: 8000.00\n  perQualityPoint: 5.00\n  monthlyAttrition: 0.03\n";

describe.runIf(requireOrSkip("python"))("a simulated centre of 30 teams whose true effect is known, from files to the report", () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function reportOf(allocation: string): Promise<{ report: Report; text: string; truthSeconds: number; folder: string }> {
    const folder = mkdtempSync(join(tmpdir(), "gami-roi-simulated-"));
    folders.push(folder);
    const run = async (...args: readonly string[]) => {
      const ran = await gami(folder, ...args);
      expect(ran.stderr).not.toMatch(/error:/);
      expect(ran.code).toBe(0);
      return ran.stdout;
    };
    await run("init", "--yes");
    const config = join(folder, "gami.config.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("  currency: USD\n", `  currency: USD\n${finance}`));
    const size = ["--agents", "120", "--days", "168", "--events-target", "110000"];
    await run("simulate", "files", "--out", "sim", "--seed", "roi", "--allocation", allocation, ...size);
    const files = [
      "agents",
      "queues",
      "challenges",
      "challenge_statuses",
      "enrolments",
      "costs",
      "shifts",
      "interactions",
      "evaluations",
      "gamification_events",
    ];
    await run("--quiet", "import", "csv", ...files.map((name) => join("sim", `${name}.csv`)));
    await run("--quiet", "dbt", "run");
    const truth: { effects: { meanHandleMs: number } } = JSON.parse(readFileSync(join(folder, "sim", "truth.json"), "utf8"));
    const json = await run("--json", "roi", "report");
    return {
      report: JSON.parse(json),
      text: await run("roi", "report"),
      truthSeconds: truth.effects.meanHandleMs / 1000,
      folder,
    };
  }

  /** Every number of the report is the sum of the rows `roi explain` shows; these are among them. */
  async function expectSums(folder: string, names: readonly string[]): Promise<void> {
    const { explained } = await explainEverything(join(folder, "gami.duckdb"), "test");
    expect([...explained.keys()]).toEqual(expect.arrayContaining([...names]));
    expect([...explained].filter(([, { addsUp }]) => !addsUp).map(([name, { difference }]) => `${name}: ${difference}`)).toEqual([]);
  }

  test("[T63] enrolled by lot in waves: grade B, an ROI with its interval, and the true effect inside the effect's interval", async () => {
    const { report, text, truthSeconds, folder } = await reportOf("random");
    expect(report.grade).toBe("B");
    expect(report.headline.roiStated).toBe(true);
    const [low = 0, high = 0] = report.effect.outcomes.find(({ name }) => name === "handle_time")?.overall.interval ?? [];
    expect(low).toBeLessThan(truthSeconds);
    expect(high).toBeGreaterThan(truthSeconds);
    expect(report.keyFigures.roi.interval).toHaveLength(2);
    expect(text).toMatch(/Evidence grade B \(causal\)/);
    await expectSums(folder, ["headline", "gain.handle-time", "effect.handle-time", "contacts", "cost.reward", "month.2026-05.gain"]);
    const explained = JSON.parse((await gami(folder, "--json", "roi", "explain", "headline")).stdout);
    expect(explained).toMatchObject({ name: "headline", addsUp: true, reported: { value: report.keyFigures.roi.value } });
  }, 600_000);

  test("[T63] enrolled because they were slow: a bracket that holds the true effect, and no ROI", async () => {
    const { report, truthSeconds, folder } = await reportOf("performance");
    expect(report.grade).toBe("C");
    expect(report.headline.roiStated).toBe(false);
    expect(report.keyFigures.roi.value).toBeNull();
    expect(report.headline.text).toMatch(/only to lie between/);
    expect(report.effect.bracket?.widestLow).toBeLessThan(truthSeconds);
    expect(report.effect.bracket?.widestHigh).toBeGreaterThan(truthSeconds);
    await expectSums(folder, ["change", "gain.handle-time", "effect.handle-time", "horizon.operational.gain", "turnover.0.4"]);
  }, 600_000);
});

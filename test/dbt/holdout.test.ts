import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addDays } from "../../src/domain/calendar.ts";
import { startRandom } from "../../src/domain/estimate/random.ts";
import { streamDefinition } from "../../src/domain/records/streams.ts";
import { mappingText } from "../../src/domain/simulate/mapping-text.ts";
import { gami } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const teams = 24;
const agentsPerTeam = 4;
const start = "2026-01-05";
const launch = addDays(start, 10 * 7);
const trueEffectSeconds = -12;

interface Report {
  readonly grade: string;
  readonly evidence: { readonly design: string; readonly reasons: readonly string[] };
  readonly headline: { readonly text: string; readonly roiStated: boolean };
  readonly effect: {
    readonly outcomes: readonly {
      readonly overall: { readonly interval: readonly [number, number] | null };
      readonly holdout: {
        readonly teamsHeldOut: number;
        readonly teamsEnrolled: number;
        readonly adjusted: { readonly interval: readonly [number, number] | null };
        readonly varianceFactor: number;
      } | null;
    }[];
  };
}

describe.runIf(requireOrSkip("python"))("a holdout drawn by the command line before the programme begins", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-holdout-"));
  const config = join(folder, "gami.config.yaml");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function run(...args: readonly string[]): Promise<string> {
    const ran = await gami(folder, ...args);
    expect(`${ran.stderr}${ran.code}`).toMatch(/0$/);
    return ran.stdout;
  }

  async function read(): Promise<Report> {
    return JSON.parse(await run("--json", "roi", "report"));
  }

  /** Weeks from `from` to before `to`, two contacts a day and agent, Monday to Friday; the enrolled are faster. */
  function writeCalls(name: string, from: number, to: number, enrolled: ReadonlySet<string>): void {
    const random = startRandom(from + 1, 0);
    const noise = () => Array.from({ length: 12 }, () => random.unit()).reduce((sum, value) => sum + value, -6);
    const columns = ["interaction_id", "agent_native_id", "started_at", "ended_at", "handle_ms", "talk_ms", "outcome", "entered_at"];
    const lines = [columns.join(",")];
    for (let day = from * 7; day < to * 7; day++) {
      if (day % 7 > 4) continue;
      for (let agent = 0; agent < teams * agentsPerTeam; agent++) {
        const team = Math.floor(agent / agentsPerTeam);
        const effect = enrolled.has(`t${team}`) ? trueEffectSeconds : 0;
        for (const hour of ["09", "14"]) {
          const seconds = Math.max(30, Math.round(300 + 15 * Math.sin(team * 2.4) + (agent % 7) + 40 * noise() + effect));
          const at = `${addDays(start, day)}T${hour}:00:00Z`;
          const end = new Date(Date.parse(at) + 1000 * seconds).toISOString();
          lines.push(`i-${day}-${agent}-${hour},a${agent},${at},${end},${seconds * 1000},${seconds * 1000},answered,${at}`);
        }
      }
    }
    writeFileSync(join(folder, `${name}.csv`), `${lines.join("\n")}\n`);
    writeFileSync(join(folder, `${name}.mapping.yaml`), mappingOf("interaction", columns));
  }

  /** The mapping of the simulated centre, with the columns that are there. */
  function mappingOf(stream: "interaction" | "agent" | "cost", columns: readonly string[]): string {
    const definition = streamDefinition(stream);
    return mappingText(
      { ...definition, columns: definition.columns.filter(({ name }) => columns.includes(name)) },
      "centre",
      `${stream}.csv`,
    );
  }

  beforeAll(async () => {
    await run("init", "--yes");
    // The key decides the draw, and one draw in twenty misses the truth: here it is always the same one.
    writeFileSync(join(folder, ".gami", "key"), Buffer.from("holdout".padEnd(32, ".")).toString("base64"));
    const finance = "  loadedRatePerHour: 30.00\n  realisation: 0.6\n";
    writeFileSync(config, readFileSync(config, "utf8").replace("  currency: USD\n", `  currency: USD\n${finance}`));
    const agentColumns = ["agent_native_id", "zone", "team_id", "site", "hired_on"];
    const agents = Array.from({ length: teams * agentsPerTeam }, (_, agent) => {
      const team = Math.floor(agent / agentsPerTeam);
      return `a${agent},UTC,t${team},${team % 2 === 0 ? "North" : "South"},${team % 3 === 0 ? "2025-11-03" : "2023-05-01"}`;
    });
    writeFileSync(join(folder, "agents.csv"), `${[agentColumns.join(","), ...agents].join("\n")}\n`);
    writeFileSync(join(folder, "agents.mapping.yaml"), mappingOf("agent", agentColumns));
    writeCalls("calls-before", 0, 10, new Set());
    await run("--quiet", "import", "csv", "agents.csv", "calls-before.csv");
    await run("--quiet", "dbt", "run");
  }, 300_000);

  test("[S4-R30] draw, enrol, wait, report: grade A, the truth inside both intervals, and a broken draw loses the grade", async () => {
    const draw = ["holdout", "assign", "--programme", "points", "--enrol-on", launch, "--share", "0.25", "--out", "holdout"];
    const planned = JSON.parse(await run("--json", ...draw));
    expect(planned.isApplied).toBe(false);
    const applied = JSON.parse(await run("--json", ...draw, "--apply"));
    expect(applied.assignments).toEqual(planned.assignments);
    expect(
      readdirSync(join(folder, "holdout"))
        .filter((name) => !name.startsWith("."))
        .sort(),
    ).toEqual(["enrolments-centre.csv", "enrolments-centre.mapping.yaml", "holdout.csv"]);

    const assignments: readonly { readonly team: string; readonly arm: string }[] = applied.assignments;
    const enrolled = new Set(assignments.filter(({ arm }) => arm === "treated").map(({ team }) => team.split(" ")[1] ?? ""));
    expect(enrolled.size).toBe(18);
    writeCalls("calls-after", 10, 18, enrolled);
    const costColumns = ["cost_id", "kind", "incurred_on", "amount_minor", "currency"];
    writeFileSync(join(folder, "costs.csv"), `${costColumns.join(",")}\nk-1,licence,${launch},20000,USD\n`);
    writeFileSync(join(folder, "costs.mapping.yaml"), mappingOf("cost", costColumns));
    await run("--quiet", "import", "csv", "calls-after.csv", "costs.csv", join("holdout", "enrolments-centre.csv"));
    writeFileSync(
      config,
      readFileSync(config, "utf8").replace(/^programme:.*$/m, "programme:\n  allocation: random\n  holdoutShare: 0.25"),
    );
    await run("--quiet", "dbt", "run");

    const report = await read();
    expect(report.evidence.reasons.join("\n")).not.toMatch(/not kept|same period/);
    expect(report).toMatchObject({ grade: "A", evidence: { design: "holdout" }, headline: { roiStated: true } });
    expect(report.headline.text).toMatch(/evidence grade A\.$/);
    const [handleTime] = report.effect.outcomes;
    expect(handleTime?.holdout).toMatchObject({ teamsHeldOut: 6, teamsEnrolled: 18 });
    for (const interval of [handleTime?.overall.interval, handleTime?.holdout?.adjusted.interval]) {
      const [low = 0, high = 0] = interval ?? [];
      expect(low).toBeLessThan(trueEffectSeconds);
      expect(high).toBeGreaterThan(trueEffectSeconds);
      expect(high, "an effect is seen at all").toBeLessThan(0);
    }
    expect(handleTime?.holdout?.varianceFactor).toBeLessThan(0.5);
    expect(await run("roi", "report")).toMatch(/drawn teams \(CUPED\)/);
    expect(await run("holdout", "status")).toMatch(/as drawn/);
    for (const name of ["headline", "drawn.handle-time", "drawn.handle-time.unadjusted"]) {
      expect(JSON.parse(await run("--json", "roi", "explain", name)), name).toMatchObject({ name, addsUp: true });
    }

    writeFileSync(config, readFileSync(config, "utf8").replace("holdoutShare: 0.25", "holdoutShare: 0.75"));
    await run("--quiet", "dbt", "run");
    const wrongSize = await read();
    expect(wrongSize.grade).toBe("C");
    expect(wrongSize.headline.roiStated).toBe(false);
    expect(wrongSize.evidence.reasons.join("\n")).toMatch(/not the share that was drawn .* assignment was not kept/);
    writeFileSync(config, readFileSync(config, "utf8").replace("holdoutShare: 0.75", "holdoutShare: 0.25"));

    const held = assignments.filter(({ arm }) => arm === "holdout").slice(0, 5);
    mkdirSync(join(folder, "sabotage"));
    const file = join(folder, "sabotage", "enrolments.csv");
    writeFileSync(file, readFileSync(join(folder, "holdout", "enrolments-centre.csv"), "utf8").split("\n")[0] ?? "");
    writeFileSync(file.replace(".csv", ".mapping.yaml"), readFileSync(join(folder, "holdout", "enrolments-centre.mapping.yaml"), "utf8"));
    for (const { team } of held) {
      const first = Number(team.replace(/\D+/g, "")) * agentsPerTeam;
      for (let agent = first; agent < first + agentsPerTeam; agent++)
        appendFileSync(file, `\npoints,a${agent},${launch}T12:00:00Z,,random`);
    }
    appendFileSync(file, "\n");
    await run("--quiet", "import", "csv", file);
    await run("--quiet", "dbt", "run");
    const broken = await read();
    expect(broken.grade).toBe("C");
    expect(broken.evidence.reasons.join("\n")).toMatch(/Clusters with treated agents: 23; with controls: 1\./);
    expect(await run("holdout", "status")).toMatch(/enrolled although held out: 5/);
  }, 600_000);
});

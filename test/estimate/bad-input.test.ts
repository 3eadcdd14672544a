import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { gami } from "../support/gami.ts";
import { createMartsWarehouse } from "../support/roi-marts.ts";
import { type RollOutRows, rollOutRows } from "../support/roll-out-marts.ts";

// Bad data through both commands, as a user runs them: the report reads it from the marts, the estimator from a file with the same weeks.

const root = mkdtempSync(join(tmpdir(), "gami-bad-input-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Case {
  readonly changes: Partial<RollOutRows>;
  /** Columns of the file, as SQL over `week`, `agent` and `enrolment`. */
  readonly outcome?: string;
  readonly team?: string;
  readonly report: readonly [grade: string, reason: RegExp];
  readonly estimate: readonly [grade: string, reason: RegExp];
}

/** Every agent moves to another team after eight weeks: a second version of the agent, and later weeks that belong to it. */
const moves = [
  `insert into marts.dim_agent select md5(agent_key::varchar)::uuid, agent_id, source, 'u' || team_id, null, hired_on, null, null, false,
    timestamp '2026-03-02', agent_native_id, site, is_active, zone from marts.dim_agent`,
  `create or replace view marts.fct_agent_week as
    select * replace (case when week_start_date >= date '2026-03-02' then md5(agent_id::varchar)::uuid else agent_id end as agent_key)
    from (select agent_id, agent_id as agent_key, iso_week, cast(date_trunc('week', work_date) as date) as week_start_date,
      sum(handle_count) as handle_count, sum(handle_seconds) as handle_seconds, sum(quality_sum) as quality_sum,
      sum(quality_count) as quality_count, count(*) as employed_days, sum(points) as points, avg(engagement) as engagement,
      count(engagement) as engagement_days_used, count(case when interactions > 0 then 1 end) as worked_days
    from marts.fct_agent_day group by all)`,
];
const secondDates =
  "insert into intermediate.int_first_enrolments select agent_id, enrolled_on + 21, 'operational' from intermediate.int_first_enrolments limit 3";

const cases: Readonly<Record<string, Case>> = {
  "one cluster": {
    changes: { teamName: "'t'" },
    report: ["C", /five agents in two teams/],
    estimate: ["D", /in one cluster: no error, no interval/],
  },
  "one cohort": {
    changes: { treatedFrom: "case when team % 2 = 0 then 10 end" },
    report: ["C", /from the same week on/],
    estimate: ["C", /from the same period on/],
  },
  "nobody untreated": {
    changes: { treatedFrom: "10" },
    report: ["C", /nobody to compare with/],
    estimate: ["D", /no never-treated controls/],
  },
  "everybody treated on day one": {
    changes: { treatedFrom: "0" },
    report: ["D", /there is no before/],
    estimate: ["D", /there is no before/],
  },
  "a cohort of one": {
    changes: { agentsPerTeam: 1, treatedFrom: "case when team = 3 then 10 end" },
    report: ["C", /1 agent in cohorts too small/],
    estimate: ["D", /has one unit: too few to know its spread/],
  },
  "missing weeks": {
    changes: { isThere: "(agent + week) % 3 <> 0" },
    report: ["C", /weeks \(3\d\.\d %\) are missing/],
    estimate: ["C", /periods \(3\d\.\d %\) are missing/],
  },
  "agents in two teams": {
    changes: { more: moves },
    team: "case when week.week_start_date >= date '2026-03-02' then 'u' else '' end || agent.team_id",
    report: ["C", /60 of 60 agents changed teams/],
    estimate: ["C", /60 units .+ in more than one cluster/],
  },
  "zero cost": {
    changes: { costMinor: 0 },
    report: ["B", /few: intervals go by the spread of each side/],
    estimate: ["C", /Grade B asks for 5 on each side/],
  },
  "all quality missing": {
    changes: { quality: "null" },
    outcome: "week.quality_sum / nullif(week.quality_count, 0)",
    report: ["B", /few: intervals go by the spread of each side/],
    estimate: ["D", /missing in every row/],
  },
  "a constant outcome": {
    changes: { seconds: "300" },
    report: ["C", /nothing to estimate from/],
    estimate: ["D", /nothing to estimate from/],
  },
  "contradictory enrolment dates": {
    changes: { more: [secondDates] },
    report: ["C", /3 agents with more than one first treated week/],
    estimate: ["D", /2026-W14 and 2026-W11.+ with more than one first treated period/],
  },
};

/** Writes the warehouse of a case and its weeks as a file. */
async function writeCase(folder: string, { changes, outcome, team }: Case): Promise<void> {
  mkdirSync(folder);
  const finance = "finance:\n  loadedRatePerHour: 30.00\n";
  writeFileSync(join(folder, "gami.config.yaml"), `version: 1\norganisation:\n  name: Northwind\n  zone: UTC\n${finance}`);
  const weeks = `copy (
    select week.agent_id as agent, ${team ?? "agent.team_id"} as team, week.iso_week as week,
      ${outcome ?? "week.handle_seconds / week.handle_count"} as outcome, enrolment.enrolled_on as enrolled
    from marts.fct_agent_week as week
    join marts.dim_agent as agent on agent.agent_id = week.agent_id and agent.is_current
    left join intermediate.int_first_enrolments as enrolment on enrolment.agent_id = week.agent_id
  ) to '${join(folder, "weeks.csv")}' (header)`;
  await createMartsWarehouse(join(folder, "gami.duckdb"), rollOutRows({ ...changes, more: [...(changes.more ?? []), weeks] }));
}

const words = "roi estimate --panel weeks.csv --unit agent --period week --outcome outcome --treated-from enrolled --cluster team";
const trouble = /\bNaN\b|Infinity|\[object|Error:|\n {4}at /;

test.each(Object.entries(cases))("[T63] %s: a reason in words, never a confident wrong number", async (name, made) => {
  const folder = join(root, name.replaceAll(" ", "-"));
  await writeCase(folder, made);

  const [report, table] = await Promise.all([
    gami(folder, "roi", "report", "--json"),
    gami(folder, ...words.split(" "), "--allocation", "operational"),
  ]);
  expect([report.code, report.stderr]).toEqual([0, ""]);
  const { evidence, keyFigures, headline } = JSON.parse(report.stdout);
  expect([evidence.grade, headline.roiStated && name !== "all quality missing"]).toEqual([made.report[0], false]);
  expect(evidence.reasons.join("\n")).toMatch(made.report[1]);
  if (name !== "all quality missing") expect(keyFigures.roi).toMatchObject({ value: null, reason: expect.stringMatching(/\w+ \w+/) });
  const page = await gami(folder, "roi", "report", "--format", "html", "--out", "report.html");
  expect(page.code).toBe(0);
  const seen = report.stdout + page.stdout + page.stderr + readFileSync(join(folder, "report.html"), "utf8");

  expect(table).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(new RegExp(`^Grade ${made.estimate[0]}: `)) });
  expect(table.stdout).toMatch(made.estimate[1]);
  expect((seen + table.stdout).match(trouble)).toBeNull();
});

test("[T58] [T63] zero cost leaves the effect and takes the ROI, missing quality its own figure only, each in words", async () => {
  const read = async (name: string) => JSON.parse((await gami(join(root, name), "roi", "report", "--json")).stdout);
  const free = await read("zero-cost");
  expect(free.headline.text).toMatch(/^Enrolled agents took .+ No ROI can be stated: /);
  expect(free.keyFigures.roi.reason).toMatch(/^No cost was recorded for this time/);
  const [handleTime, quality] = (await read("all-quality-missing")).effect.outcomes;
  expect(handleTime).toMatchObject({ grade: "B", overall: { value: expect.any(Number) } });
  expect(quality).toMatchObject({ grade: "D", overall: { value: null }, reasons: [expect.stringContaining("missing")] });
});

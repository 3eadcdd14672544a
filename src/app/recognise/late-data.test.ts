import { expect, test } from "vitest";
import { type MilestoneCentre, openMilestoneCentre } from "../../../test/support/evaluated-marts.ts";
import { type MemoryDecisions, openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentOf, agentRows, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";

let centre: MilestoneCentre;

const daily = aMilestone({ window: { unit: "days", last: 1 } });
const stricter = { ...daily.goal, thresholdMilli: 200_000 };

/** One agent at 230 seconds on these days, at 300 on all others of two months. */
async function openCentre(...good: readonly string[]): Promise<void> {
  const seconds = `case when day in (${good.map((day) => `date '${day}'`).join(", ") || "null"}) then 230 else 300 end`;
  centre = await openMilestoneCentre(
    [
      ...agentRows([{ no: 1, zone: "UTC" }]),
      dayRows({ no: 1, from: "2024-01-01", until: "2024-03-01", interactions: "60", seconds, finalDate: "2024-12-31" }),
    ],
    { lastDate: "2024-02-29", finalDate: "2024-02-27" },
  );
}

const late = (day: string, seconds: number) => ({
  no: 1,
  from: day,
  to: day,
  sql: `update marts.fct_agent_day set handle_seconds = 60 * ${seconds} where work_date = date '${day}'`,
});

/** Nights that decide these days by these versions. */
async function decide(store: MemoryDecisions, definitions: readonly MilestoneDefinition[], ...days: readonly string[]): Promise<void> {
  for (const asOf of days) await centre.evaluate(store, { definitions, asOf });
}

const entriesOf = ({ ledger }: MemoryDecisions) =>
  ledger.map(({ action, periodId, evidence }) => `${action} ${periodId} ${JSON.parse(evidence).asOf}`);

test("late data of a reset period that is over take back its award", async () => {
  await openCentre("2024-01-20");
  const store = openMemoryDecisions();
  const monthly: MilestoneDefinition = { ...daily, reset: "month" };
  await decide(store, [monthly], "2024-01-20", "2024-02-10");
  await centre.deliver(late("2024-01-20", 250));
  const report = await centre.evaluate(store, { definitions: [monthly], asOf: "2024-02-11" });
  expect(entriesOf(store)).toEqual(["grant 2024-01 2024-01-20", "reverse 2024-01 2024-01-20"]);
  expect(report).toMatchObject({ totals: { input: 2, no: 2 }, entries: { reverse: 1 } });
});

test("a run for an earlier day leaves nothing of what came in late undecided", async () => {
  await openCentre("2024-01-20");
  const store = openMemoryDecisions();
  await decide(store, [daily], "2024-01-20", "2024-02-10");
  await centre.deliver(late("2024-01-20", 250));
  await decide(store, [daily], "2024-01-10", "2024-02-11");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-01-20", "reverse 2024-Q1 2024-01-20"]);
});

test("what late data take is not granted again by a version that is no longer in force", async () => {
  await openCentre("2024-01-20", "2024-02-05");
  const store = openMemoryDecisions();
  const versions: MilestoneDefinition[] = [
    { ...daily, valid: { from: "2024-01-01", to: "2024-02-01" } },
    { ...daily, valid: { from: "2024-02-01", to: null }, goal: stricter },
  ];
  await decide(store, versions, "2024-01-20", "2024-02-10");
  await centre.deliver(late("2024-01-20", 250));
  await decide(store, versions, "2024-02-20");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-01-20", "reverse 2024-Q1 2024-01-20"]);
});

test("[T29] late data grant what they would have granted in time, also in a period that is over, and nothing of days nobody decided", async () => {
  await openCentre();
  const store = openMemoryDecisions();
  const monthly: MilestoneDefinition = { ...daily, reset: "month" };
  await decide(store, [monthly], "2024-01-25", "2024-02-05");
  await centre.deliver(late("2024-01-31", 230));
  await decide(store, [monthly], "2024-02-06");
  expect(entriesOf(store)).toEqual(["grant 2024-01 2024-01-31"]);
  const fresh = openMemoryDecisions();
  await decide(fresh, [monthly], "2024-02-05");
  await centre.deliver(late("2024-01-20", 230));
  await decide(fresh, [monthly], "2024-02-06");
  expect(entriesOf(fresh)).toEqual([]);
});

test("a wrong file takes an award, and the corrected one gives it back", async () => {
  await openCentre("2024-01-20");
  const store = openMemoryDecisions();
  await decide(store, [daily], "2024-01-20", "2024-02-09");
  await centre.deliver(late("2024-01-20", 250));
  await decide(store, [daily], "2024-02-10");
  await centre.deliver(late("2024-01-20", 230));
  await decide(store, [daily], "2024-02-11");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-01-20", "reverse 2024-Q1 2024-01-20", "grant 2024-Q1 2024-01-20"]);
});

test("an agent whose file comes once a week is granted the same as one whose platform comes every day", async () => {
  await openCentre("2024-02-06");
  await centre.change(
    ...agentRows([{ no: 2, zone: "UTC", account: { source: "csv:weekly", nativeId: "w-2" } }]),
    `insert into marts.fct_agent_day select * replace ('${agentOf(2)}' as agent_id) from marts.fct_agent_day`,
    `create table week as select * from marts.fct_agent_day where agent_id = '${agentOf(2)}' and work_date >= date '2024-02-05'`,
    `update marts.fct_agent_day set interactions = 0, handle_count = 0, handle_seconds = null, handle_state = 'provisional'
      where agent_id = '${agentOf(2)}' and work_date >= date '2024-02-05'`,
  );
  const store = openMemoryDecisions();
  const nights = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `2024-02-${String(from + index).padStart(2, "0")}`);
  await decide(store, [daily], ...nights(4, 11));
  await centre.change(`delete from marts.fct_agent_day where agent_id = '${agentOf(2)}' and work_date >= date '2024-02-05'`);
  await centre.deliver({ no: 2, from: "2024-02-05", to: "2024-02-11", sql: "insert into marts.fct_agent_day select * from week" });
  await decide(store, [daily], ...nights(12, 14));
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-02-06", "grant 2024-Q1 2024-02-06"]);
  expect(store.ledger.map(({ subjectId }) => subjectId)).toEqual([agentOf(1), agentOf(2)]);
});

test("a day that was open when it was decided is decided again once its source is through with it, though nothing of it came in", async () => {
  await openCentre("2024-02-10");
  await centre.change(
    "update marts.dim_agent set source = 'csv:weekly'",
    "update marts.fct_agent_day set handle_state = 'provisional' where work_date >= date '2024-02-10'",
    "insert into intermediate.int_sources_loaded values ('csv:weekly', date '2024-02-11', date '2024-02-09')",
  );
  const store = openMemoryDecisions();
  await decide(store, [daily], "2024-02-09", "2024-02-12", "2024-02-17");
  await centre.change("update marts.fct_agent_day set handle_state = 'final' where work_date <= date '2024-02-16'");
  await centre.deliver();
  await centre.change("insert into intermediate.int_sources_loaded values ('csv:weekly', date '2024-02-18', date '2024-02-16')");
  await decide(store, [daily], "2024-02-18");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-02-10"]);
});

test("an award that falls is carried by the first day of its period that meets it, be it an earlier one", async () => {
  await openCentre("2024-01-20", "2024-01-25");
  const store = openMemoryDecisions();
  await decide(store, [daily], "2024-01-10", "2024-01-20", "2024-02-05");
  // A day that meets it later on moves no award: nobody is told twice.
  await centre.deliver(late("2024-01-12", 230));
  await decide(store, [daily], "2024-02-06");
  await centre.deliver(late("2024-01-20", 250));
  await decide(store, [daily], "2024-02-07");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-01-20", "reverse 2024-Q1 2024-01-20", "grant 2024-Q1 2024-01-12"]);
});

test("a file edited in place decides from then on: what was decided before is late data's by the version that decided it", async () => {
  await openCentre("2024-01-20", "2024-01-25");
  const store = openMemoryDecisions();
  await decide(store, [daily], "2024-01-20", "2024-01-31");
  const edited = { ...daily, goal: stricter };
  await decide(store, [edited], "2024-02-05");
  await centre.deliver(late("2024-01-20", 250), late("2024-01-15", 190));
  await decide(store, [edited], "2024-02-06");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-01-20", "reverse 2024-Q1 2024-01-20", "grant 2024-Q1 2024-01-25"]);
});

test("a version restates from the day on that it is valid from: before it, it neither takes nor gives", async () => {
  for (const [thresholdMilli, seconds, entries] of [
    [200_000, 230, ["grant 2024-Q1 2024-01-20"]],
    [260_000, 250, []],
  ] as const) {
    await openCentre();
    await centre.deliver(late("2024-01-20", seconds));
    const store = openMemoryDecisions();
    await decide(store, [daily], "2024-01-20", "2024-01-31");
    const versions: MilestoneDefinition[] = [
      { ...daily, valid: { from: "2024-01-01", to: "2024-02-01" } },
      { ...daily, valid: { from: "2024-02-01", to: null }, onChange: "restate", goal: { ...daily.goal, thresholdMilli } },
    ];
    await decide(store, versions, "2024-02-01", "2024-02-02");
    expect(entriesOf(store)).toEqual(entries);
  }
});

test("a change of the files killed between two commits looks back all the same when it runs again", async () => {
  await openCentre("2024-01-01");
  const many = Array.from({ length: 10 }, (_, index) => ({ no: index + 2, zone: "UTC" }));
  await centre.change(
    ...agentRows(many),
    ...many.map(
      ({ no }) =>
        `insert into marts.fct_agent_day select * replace ('${agentOf(no)}' as agent_id) from marts.fct_agent_day where agent_id = '${agentOf(1)}'`,
    ),
  );
  const definitions = (goal: MilestoneDefinition["goal"]) =>
    Array.from({ length: 600 }, (_, no): MilestoneDefinition => ({ ...daily, id: `m${no}`, onChange: "grant_only", goal }));
  const store = openMemoryDecisions();
  await decide(store, definitions(stricter), "2024-01-03");
  let commits = 0;
  const dying: MemoryDecisions = {
    ...store,
    async commit(plan) {
      commits += 1;
      if (commits === 2) throw new Error("killed");
      return store.commit(plan);
    },
  };
  await expect(decide(dying, definitions(daily.goal), "2024-01-04")).rejects.toThrow("killed");
  await decide(store, definitions(daily.goal), "2024-01-04");
  expect(store.ledger).toHaveLength(11 * 600);
});

test("a restatement judges the awards of a career too, each by its own day", async () => {
  await openCentre("2024-01-10");
  const store = openMemoryDecisions();
  const career: MilestoneDefinition = { ...daily, reset: "never" };
  await decide(store, [career], "2024-01-10", "2024-02-10");
  await decide(store, [{ ...career, onChange: "restate", goal: stricter }], "2024-02-11");
  expect(entriesOf(store)).toEqual(["grant lifetime 2024-01-10", "reverse lifetime 2024-01-10"]);
});

test("a definition that is set back has changed again, and looks back as its policy says", async () => {
  for (const [onChange, entries] of [
    ["grant_only", ["grant 2024-Q1 2024-01-09", "grant 2024-Q1 2024-01-15"]],
    ["restate", ["grant 2024-Q1 2024-01-09", "reverse 2024-Q1 2024-01-09", "grant 2024-Q1 2024-01-09", "grant 2024-Q1 2024-01-15"]],
  ] as const) {
    await openCentre("2024-01-09");
    await centre.change(
      ...agentRows([{ no: 2, zone: "UTC" }]),
      dayRows({
        no: 2,
        from: "2024-01-01",
        until: "2024-03-01",
        interactions: "60",
        seconds: "case when day = date '2024-01-15' then 230 else 300 end",
        finalDate: "2024-12-31",
      }),
    );
    const store = openMemoryDecisions();
    await decide(store, [{ ...daily, onChange }], "2024-01-09");
    await decide(store, [{ ...daily, onChange, goal: stricter }], "2024-01-10", "2024-01-20");
    await decide(store, [{ ...daily, onChange }], "2024-01-21");
    expect(entriesOf(store)).toEqual(entries);
  }
});

test("a new last day of a version is no change: what late data reach of its days is still its own", async () => {
  await openCentre();
  const store = openMemoryDecisions();
  await decide(store, [daily], "2024-01-10", "2024-01-31");
  const ended: MilestoneDefinition = { ...daily, valid: { from: "2024-01-01", to: "2024-02-01" } };
  await decide(store, [ended], "2024-02-05");
  await centre.deliver(late("2024-01-20", 230));
  await decide(store, [ended], "2024-02-06");
  expect(entriesOf(store)).toEqual(["grant 2024-Q1 2024-01-20"]);
});

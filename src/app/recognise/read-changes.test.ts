import { expect, test } from "vitest";
import { openMilestoneCentre } from "../../../test/support/evaluated-marts.ts";
import { agentOf, agentRows } from "../../../test/support/milestone-marts.ts";
import { readChanges } from "./read-changes.ts";

const versions =
  "business_key uuid, source varchar, subject_id uuid, interaction_id varchar, event_at timestamp, seq bigint, superseded_seq bigint";
/** Given on 10 March, of an interaction that a table below places on some day. */
const score = (no: number, agent: number | null, interaction: string, seq: number, superseded: number | null = null) =>
  `insert into staging.stg_survey values ('${agentOf(no)}', 'csv:test', ${agent === null ? "null" : `'${agentOf(agent)}'`}, '${interaction}',
    timestamp '2024-03-10 09:00', ${seq}, ${superseded ?? "null"})`;
const judged = (no: number, agent: number | null, day: string) =>
  `insert into intermediate.int_scores_resolved values ('${agentOf(no)}', ${agent === null ? "null" : `'${agentOf(agent)}'`}, date '${day}')`;

test("[T29] a score touches the day of the interaction it judges; of one that is gone or moved, any of the 92 before", async () => {
  const centre = await openMilestoneCentre(agentRows([1, 2, 3, 4].map((no) => ({ no, zone: "UTC" }))), {
    lastDate: "2024-03-11",
    finalDate: "2024-03-10",
  });
  await centre.change(
    "create schema if not exists staging",
    `create table staging.stg_survey (${versions})`,
    `create table staging.stg_evaluation (${versions})`,
    "create table intermediate.int_scores_resolved (score_key uuid, agent_id uuid, work_date date)",
    // Known before; new, and told without an agent; of nobody; taken away; moved to another interaction; rescored.
    ...[score(11, 1, "a", 1), judged(11, 1, "2024-02-01")],
    ...[score(12, null, "b", 2), judged(12, 1, "2024-03-08")],
    ...[score(13, null, "c", 2), judged(13, null, "2024-03-08")],
    ...[score(14, 2, "d", 1, 2)],
    ...[score(15, 3, "e", 1, 2), score(15, 3, "f", 2), judged(15, 3, "2024-03-09")],
    ...[score(16, 4, "g", 1, 2), score(16, 4, "g", 2), judged(16, 4, "2024-03-07")],
  );
  const found = await centre.read((warehouse) =>
    readChanges(warehouse, { "csv:test.survey": 1 }, { snapshot: { "csv:test.survey": 2 }, finalDays: new Map() }),
  );
  expect(found.everybody).toEqual([]);
  expect(Object.fromEntries([...found.ofAgents].map(([id, stretches]) => [Number(id.slice(-2)), stretches]))).toEqual({
    1: [{ from: "2024-03-07", until: "2024-03-10", of: "scores" }],
    2: [{ from: "2023-12-08", until: "2024-03-12", of: "scores" }],
    3: [{ from: "2023-12-08", until: "2024-03-12", of: "scores" }],
    4: [{ from: "2024-03-06", until: "2024-03-09", of: "scores" }],
  });
});

test("a record of nobody touches nobody, a setting everybody, and a cost none of what is decided on", async () => {
  const centre = await openMilestoneCentre(agentRows([{ no: 1, zone: "UTC" }]), { lastDate: "2024-03-11", finalDate: "2024-03-10" });
  const streams = [
    ["csv:test", "interaction"],
    ["csv:test", "cost"],
    ["gami", "setting"],
  ] as const;
  for (const [source, stream] of streams)
    await centre.change(
      `insert into meta.change_log values ('${source}', '${stream}', 1, null, timestamp '2024-03-01 10:00', timestamp '2024-03-02 10:00')`,
    );
  const now = Object.fromEntries(streams.map(([source, stream]) => [`${source}.${stream}`, 1]));
  expect(await centre.read((warehouse) => readChanges(warehouse, {}, { snapshot: now, finalDays: new Map() }))).toEqual({
    everybody: [{ from: "2024-02-29", until: "2024-03-04", of: "figures" }],
    ofAgents: new Map(),
  });
});

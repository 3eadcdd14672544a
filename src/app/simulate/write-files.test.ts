import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { createMemoryFolder } from "../../../test/support/memory-folder.ts";
import { type StreamName, streamDefinition } from "../../domain/records/streams.ts";
import { defaultEffects, defaultOddities, type SimulationParameters } from "../../domain/simulate/parameters.ts";
import { StoppedError } from "../../errors.ts";
import {
  fileNameOf,
  simulatedFileNames,
  simulatedStreams,
  truthFile,
  type WrittenSimulation,
  writeSimulationFiles,
} from "./write-files.ts";

const parameters: SimulationParameters = {
  seed: "recount",
  agents: 40,
  days: 98,
  start: "2026-01-05",
  contactsPerDay: 15,
  allocation: "random",
  effects: defaultEffects,
  oddities: defaultOddities,
};
const output = { progress: () => undefined, progressDone: () => undefined };
const neverStopped = new AbortController().signal;

type Cells = Readonly<Record<string, string>>;

async function simulate(): Promise<{ simulation: WrittenSimulation; files: Map<string, string> }> {
  const { folder, files } = createMemoryFolder();
  return { files, simulation: await writeSimulationFiles({ parameters, folder, output, signal: neverStopped }) };
}

const { simulation, files } = await simulate();

function rowsOf(name: string): Cells[] {
  return parse(files.get(name) ?? "", { columns: true });
}

/** The latest revision of every key, as a warehouse would hold it. */
function currentRows(stream: StreamName): Cells[] {
  const { key, revisedAt } = streamDefinition(stream);
  const current = new Map<string, Cells>();
  for (const row of rowsOf(fileNameOf(stream))) {
    const name = key.map(({ column }) => row[column]).join(" ");
    const known = current.get(name);
    if (known === undefined || revisedAt === undefined || String(row[revisedAt]) >= String(known[revisedAt])) current.set(name, row);
  }
  return [...current.values()];
}

const sumOf = (rows: readonly Cells[], column: string): number => rows.reduce((sum, row) => sum + Number(row[column] || 0), 0);

test("every file that is promised is written, and its row count, size and hash are in the truth", () => {
  expect([...files.keys()].toSorted()).toEqual([...simulatedFileNames].toSorted());
  for (const stream of simulatedStreams) expect(rowsOf(fileNameOf(stream)).length).toBe(simulation.streams[stream]?.rows);
  for (const { name, bytes } of simulation.files) expect(Buffer.byteLength(files.get(name) ?? "")).toBe(bytes);
  expect(JSON.parse(files.get(truthFile) ?? "")).toEqual(JSON.parse(JSON.stringify(simulation)));
});

test("counting the files again gives the truth: keys, revisions and equal rows of every stream", () => {
  for (const stream of simulatedStreams) {
    const rows = rowsOf(fileNameOf(stream));
    const distinct = new Set(rows.map((row) => JSON.stringify(row))).size;
    const keys = currentRows(stream).length;
    expect([stream, simulation.streams[stream]]).toEqual([
      stream,
      { rows: rows.length, keys, changed: distinct - keys, repeated: rows.length - distinct },
    ]);
  }
});

test("counting the files again gives the truth: contacts and durations of the latest revisions", () => {
  const current = currentRows("interaction");
  const handled = current.filter(({ outcome }) => outcome === "answered");
  const { interactions } = simulation;
  expect(handled.length).toBe(interactions.handled);
  for (const outcome of ["abandoned", "phantom", "other"])
    expect(current.filter((row) => row.outcome === outcome).length).toBe(interactions[outcome]);
  for (const [column, name] of [
    ["queue_ms", "queueMs"],
    ["talk_ms", "talkMs"],
    ["hold_ms", "holdMs"],
    ["after_call_ms", "afterCallMs"],
    ["other_ms", "otherMs"],
    ["handle_ms", "handleMs"],
  ] as const)
    expect(sumOf(handled, column)).toBe(interactions[name]);
});

test("[T51] counting the files again gives the truth: events, points, overlaps, scores, money", () => {
  const events = currentRows("gamification_event");
  const { gamification, quality, surveys, costs } = simulation;
  const points = events.filter(({ event_kind }) => event_kind === "points_earned");
  const actions = new Set(points.map((row) => [row.agent_native_id, row.interaction_id, row.action_type, row.metric].join(" ")));
  expect(points.length).toBe(gamification.points_earned);
  expect(sumOf(points, "points_milli")).toBe(gamification.pointsMilli);
  expect(points.length - actions.size).toBe(gamification.actionsPaidTwice);
  expect(gamification.actionsPaidTwice).toBeGreaterThan(0);
  expect(events.filter((row) => Number(row.engagement_ppm) > 1_000_000).length).toBe(gamification.engagementAboveOne);
  expect(new Set(events.map(({ event_kind }) => event_kind))).toEqual(
    new Set(["points_earned", "badge_awarded", "challenge_completed", "engagement_score", "leaderboard_update"]),
  );
  expect(sumOf(rowsOf("evaluations.csv"), "score_milli")).toBe(quality.scoreMilli);
  expect(sumOf(rowsOf("surveys.csv"), "score_milli")).toBe(surveys.scoreMilli);
  for (const [kind, amount] of Object.entries(costs))
    expect(
      String(
        sumOf(
          rowsOf("costs.csv").filter((row) => row.kind === kind),
          "amount_minor",
        ),
      ),
    ).toBe(amount);
});

test("the tables of agent days and agent weeks add up to the interactions", () => {
  const handled = currentRows("interaction").filter(({ outcome }) => outcome === "answered");
  for (const name of ["truth/agent_day.csv", "truth/agent_week.csv"]) {
    const rows = rowsOf(name);
    expect(sumOf(rows, "contacts")).toBe(handled.length);
    expect(sumOf(rows, "handle_ms")).toBe(sumOf(handled, "handle_ms"));
    expect(new Set(rows.map((row) => `${row.agent_native_id} ${row.work_date ?? row.week}`)).size).toBe(rows.length);
  }
  expect(rowsOf("truth/agent_week.csv").filter(({ treated_from }) => treated_from !== "").length).toBeGreaterThan(100);
});

test("the mean true effect on the enrolled is the sum of the agent weeks' effects over their contacts", () => {
  const weeks = rowsOf("truth/agent_week.csv").filter(
    ({ treated_from, week }) => treated_from !== "" && String(week) >= String(treated_from),
  );
  expect(sumOf(weeks, "effect_ms") / sumOf(weeks, "contacts")).toBeCloseTo(simulation.effects.meanHandleMs ?? Number.NaN, 6);
  expect(simulation.effects.byEventWeek[0]?.meanHandleMs).toBe(-5_860);
});

test("the same parameters give the same files", async () => {
  const again = await simulate();
  expect(again.simulation.files).toEqual(simulation.files);
});

test("a stop leaves no truth behind, so nobody takes the folder for whole", async () => {
  const { folder, files: left } = createMemoryFolder();
  const stop = new AbortController();
  stop.abort(new StoppedError("SIGINT", { code: "STOPPED" }));
  await expect(writeSimulationFiles({ parameters, folder, output, signal: stop.signal })).rejects.toThrow(StoppedError);
  expect(left.has(truthFile)).toBe(false);
});

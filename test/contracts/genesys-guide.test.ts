import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { streamDefinition } from "../../src/domain/records/streams.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { dayMs, endDay, firstDay, genesysAt, openProject, type Project, setFaults, startCentre, truthOf } from "../support/extraction.ts";
import { between } from "./source.contract.ts";

vi.setConfig({ testTimeout: 120_000 });

let centre: RunningSimulator;
let guide: Project;
const reads = ["badges", "challenges", "conversations", "events"];

beforeAll(async () => {
  centre = await startCentre();
  guide = await openProject();
  await guide.extract(genesysAt(centre.url, "guide"), reads);
});

afterAll(async () => {
  await guide.close();
  await centre.close();
});

test("[S4-R6] [S4-R7] [S4-R8] [S2-R13] events, badges, challenges and their status are the simulated truth, row for row", async () => {
  for (const stream of ["gamification_event", "badge", "challenge", "challenge_status"] as const) {
    const truth = await truthOf(centre.url, stream);
    expect(truth.rows.length, stream).toBeGreaterThan(1);
    expect(await guide.rows(stream, truth.columns), stream).toEqual(truth.rows);
  }
});

test("[T35] [T50] [T52] [S4-R9] [S4-R10] [S4-R11] [S4-R12] the export is asked for absolute time, as JSON, in pages of 5,000 where the guides take 500, event by event, with the event's id and without names", async () => {
  const asked: string[] = [];
  const watch = (text: string) => {
    if (text.includes("dataSources")) asked.push(text);
    return text;
  };
  const watched = await between(centre.url, (text) => text, watch);
  const small = await openProject();
  await small.extract(genesysAt(watched.url, "guide"), ["events"], { until: firstDay + dayMs });
  await Promise.all([watched.close(), small.close()]);
  const [start, end] = [firstDay, firstDay + dayMs].map((instant) => new Date(instant).toISOString());
  expect(asked.length).toBeGreaterThan(0);
  for (const text of asked) {
    const body: { timeRange: unknown; select: string[] } = JSON.parse(text);
    expect(body).toMatchObject({ timeRange: { type: "absolute", start, end }, dataSources: ["gamification"] });
    expect(body).toMatchObject({ responseType: "json", pageSize: 5_000 });
    expect(body).not.toHaveProperty("groupBy");
    // A filter would leave out completed challenges and engagement scores.
    expect(body).not.toHaveProperty("filter");
    expect(body.select).toContain("event.id");
    expect(body.select).not.toContain("user.name");
  }
});

test("[T100] [S3-R9] [S2-R6] [S2-R15] [S2-R19] both contracts give the same canonical interactions, in every column", async () => {
  const platform = await openProject();
  await platform.extract(genesysAt(centre.url), ["conversations"]);
  const columns = streamDefinition("interaction").columns.map(({ name }) => name);
  const began = `entered_at >= '${new Date(firstDay).toISOString()}' and entered_at < '${new Date(endDay).toISOString()}'`;
  const rows = await platform.rows("interaction", columns, began);
  expect(rows.length).toBeGreaterThan(100);
  expect(await guide.rows("interaction", columns, began)).toEqual(rows);
  await platform.close();
});

test("[T51] [S4-R19] an event of an unknown type is refused by name and the rest goes on", async () => {
  const odd = await openProject();
  await setFaults(centre.url, { "unknown-event": 1 });
  const { reads: told } = await odd.extract(genesysAt(centre.url, "guide"), ["events"]);
  await setFaults(centre.url, []);
  expect(told[0]?.rejects).toMatchObject([{ reason: "unknown_event_type", field: "event_type" }]);
  const truth = await truthOf(centre.url, "gamification_event");
  expect(await odd.rows("gamification_event", truth.columns)).toEqual(truth.rows);
  const quarantine = await odd.warehouse.rows("select payload from meta.quarantine");
  expect(String(quarantine[0]?.payload)).toContain("kudos_received");
  await odd.close();
});

test("[T35] [S4-R13] [S4-R14] [S4-R15] repeated, overlapping and backward pages and expired cursors change nothing", async () => {
  const faulty = await openProject();
  await setFaults(centre.url, { duplicate: 0.5, overlap: 0.5, reorder: 0.5, drift: 0.5, throttle: 0.05, error: 0.05, cut: 0.05 });
  await faulty.extract(genesysAt(centre.url, "guide"), ["events"]);
  await setFaults(centre.url, []);
  const truth = await truthOf(centre.url, "gamification_event");
  expect(await faulty.rows("gamification_event", truth.columns)).toEqual(truth.rows);
  await faulty.close();
});

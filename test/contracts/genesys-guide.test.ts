import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { streamDefinition } from "../../src/domain/records/streams.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { endDay, firstDay, genesysAt, openProject, type Project, setFaults, startCentre, truthOf } from "../support/extraction.ts";

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

test("events, badges, challenges and their status are the simulated truth, row for row", async () => {
  for (const stream of ["gamification_event", "badge", "challenge", "challenge_status"] as const) {
    const truth = await truthOf(centre.url, stream);
    expect(truth.rows.length, stream).toBeGreaterThan(1);
    expect(await guide.rows(stream, truth.columns), stream).toEqual(truth.rows);
  }
});

test("both contracts give the same canonical interactions, in every column", async () => {
  const platform = await openProject();
  await platform.extract(genesysAt(centre.url), ["conversations"]);
  const columns = streamDefinition("interaction").columns.map(({ name }) => name);
  const began = `entered_at >= '${new Date(firstDay).toISOString()}' and entered_at < '${new Date(endDay).toISOString()}'`;
  const rows = await platform.rows("interaction", columns, began);
  expect(rows.length).toBeGreaterThan(100);
  expect(await guide.rows("interaction", columns, began)).toEqual(rows);
  await platform.close();
});

test("[T51] an event of an unknown type is refused by name and the rest goes on", async () => {
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

test("[T35] repeated, overlapping and backward pages and expired cursors change nothing", async () => {
  const faulty = await openProject();
  await setFaults(centre.url, { duplicate: 0.5, overlap: 0.5, reorder: 0.5, drift: 0.5, throttle: 0.05, error: 0.05, cut: 0.05 });
  await faulty.extract(genesysAt(centre.url, "guide"), ["events"]);
  await setFaults(centre.url, []);
  const truth = await truthOf(centre.url, "gamification_event");
  expect(await faulty.rows("gamification_event", truth.columns)).toEqual(truth.rows);
  await faulty.close();
});

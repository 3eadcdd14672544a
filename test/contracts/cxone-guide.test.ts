import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCxone } from "../../src/adapters/sources/cxone/open-cxone.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { cxoneSettings, endDay, firstDay, openProject, type Project, startCentre } from "../support/extraction.ts";

vi.setConfig({ testTimeout: 120_000 });

let centre: RunningSimulator;
let platform: Project;
let guide: Project;

beforeAll(async () => {
  centre = await startCentre();
  platform = await openProject();
  guide = await openProject();
  const [vendors, guides] = [cxoneSettings(centre.url), cxoneSettings(centre.url, "guide")];
  await platform.extract(openCxone({ ...vendors.open, settings: vendors.settings }), ["contacts", "evaluations"]);
  await guide.extract(openCxone({ ...guides.open, settings: { ...guides.settings, businessUnitId: "4321" } }), ["interactions"]);
}, 120_000);

afterAll(async () => {
  await platform.close();
  await guide.close();
  await centre.close();
});

const isoText = (instant: number) => new Date(instant).toISOString();

/** The guides' report has the handle time alone, no queue and no customer, and says of a contact without an agent only that it came. */
const told = [
  "business_key",
  "interaction_id",
  "agent_native_id",
  "segment_id",
  "conversation_id",
  "channel",
  "entered_at",
  "case when agent_native_id is not null then handle_ms end as handle_ms",
  "case when agent_native_id is not null then outcome end as outcome",
  "disposition_code",
  "source_updated_at",
];

test("[S2-R6] [S2-R15] [S2-R16] [S2-R19] both contracts of CXone give the same canonical interactions, in every column that both carry", async () => {
  const where = `superseded_seq is null and entered_at >= '${isoText(firstDay)}' and entered_at < '${isoText(endDay)}'`;
  const rowsOf = (project: Project) =>
    project.warehouse.rows(`select ${told.join(", ")} from raw.cxone_interaction where ${where} order by business_key`);
  const rows = await rowsOf(platform);
  expect(rows.length).toBeGreaterThan(100);
  expect(await rowsOf(guide)).toEqual(rows);
});

test("both contracts of CXone tell the same scores of the same agents' interactions", async () => {
  const rowsOf = (project: Project) =>
    project.warehouse.rows(`
      select interaction_id, agent_native_id, score_milli, max_score_milli
      from raw.cxone_evaluation
      where superseded_seq is null and evaluated_at >= '${isoText(firstDay)}' and evaluated_at < '${isoText(endDay)}'
      order by all`);
  const rows = await rowsOf(platform);
  expect(rows.length).toBeGreaterThan(5);
  expect(await rowsOf(guide)).toEqual(rows);
});

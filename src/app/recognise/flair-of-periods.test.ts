import { expect, test } from "vitest";
import { openEvaluatedMarts } from "../../../test/support/evaluated-marts.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentRows, builtRows, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import { wantedFlair } from "../../domain/deliver/flair.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";

const flair = { badge: "badge_aht_gold", variant: "avatar_gold_shield", priorityClass: 10 };
const ofMonth = aMilestone({ window: { unit: "period" }, reset: "month", flair });
const contacts: MilestoneDefinition = {
  ...ofMonth,
  goal: { metric: "interactions", direction: "higher", thresholdMilli: 310_000, unit: "interactions", isStrict: false },
  floorMilli: null,
};

test.each([
  ["how fast a month was is known at its end, and shown", ofMonth],
  ["what a month reaches on its last day is shown", contacts],
])("[T97] %s through the month after it", async (_, definition) => {
  const centre = await openEvaluatedMarts([
    ...agentRows([{ no: 1, zone: "America/New_York" }]),
    dayRows({ no: 1, from: "2024-01-01", until: "2024-02-03", seconds: "200", finalDate: "2024-01-31" }),
    ...builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" }),
  ]);
  const store = openMemoryDecisions();
  await centre.evaluate(store, { definitions: [definition], since: "2024-01-30", asOf: "2024-01-31" });
  expect(store.ledger).toMatchObject([{ action: "grant", periodId: "2024-01", occurredAt: Date.parse("2024-02-01T05:00:00Z") }]);
  const shownAt = (instant: string) => wantedFlair([...store.flairs.values()], Date.parse(instant), 0)?.name ?? null;
  expect(["2024-02-01T04:59:59Z", "2024-02-01T05:00:00Z", "2024-03-01T04:59:59Z", "2024-03-01T05:00:00Z"].map(shownAt)).toEqual([
    null,
    "Gold",
    "Gold",
    null,
  ]);
});

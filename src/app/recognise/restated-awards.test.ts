import { expect, test } from "vitest";
import { openMilestoneCentre } from "../../../test/support/evaluated-marts.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentRows, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";

test("a restatement that changes what is shown changes the flair of standing awards, and tells another tier once", async () => {
  const rows = [
    ...agentRows([{ no: 1, zone: "UTC" }]),
    dayRows({ no: 1, from: "2024-01-01", until: "2024-02-03", finalDate: "2024-12-31" }),
  ];
  const centre = await openMilestoneCentre(rows, { lastDate: "2024-02-02", finalDate: "2024-01-31" });
  const store = openMemoryDecisions();
  const targets = [{ host: "desk", source: null, tells: ["award", "revocation", "flair"], publication: null }] as const;
  const first = aMilestone({ onChange: "restate", flair: { badge: "b1", variant: "v1", priorityClass: 1 } });
  const tier = { name: "TIER_1", rank: 1 };
  const second: MilestoneDefinition = { ...first, tier, flair: { badge: "b2", variant: "v2", priorityClass: 1 } };
  const shown = () =>
    [...store.flairs.values()].map(({ tierRank, flair, revokedAt }) => [tierRank, JSON.parse(flair).attributes.badge, revokedAt !== null]);
  const told = () => store.messages.map(({ kind, payload }) => [kind, JSON.parse(payload).tier]);
  await centre.evaluate(store, { definitions: [first], targets });
  for (const night of [1, 2]) {
    await centre.evaluate(store, { definitions: [second], targets });
    expect(
      store.ledger.map((entry) => [entry.action, entry.tier]),
      `night ${night}`,
    ).toEqual([
      ["grant", "TIER_3"],
      ["confirm", "TIER_1"],
    ]);
    expect(shown()).toEqual([[1, "b2", false]]);
    expect(told()).toEqual([
      ["award", "TIER_3"],
      ["award", "TIER_1"],
    ]);
  }
  await centre.evaluate(store, { definitions: [{ ...second, flair: null }], targets });
  expect(shown()).toEqual([[1, undefined, true]]);
  expect(told()).toHaveLength(2);
});

import { expect, test } from "vitest";
import { compareAwards, type WouldBe } from "./compare-awards.ts";

const award = (agentId: string, more: Partial<WouldBe> = {}): WouldBe => ({
  agentId,
  definitionId: "gold",
  periodId: "2024-Q1",
  periodUntil: "2024-04-01",
  tier: { name: "TIER_3", rank: 3 },
  asOf: "2024-02-01",
  value: "230",
  costMilli: 2_500,
  ...more,
});

test("who gains, who loses and whose day moves is told apart; what stays the same is no change", () => {
  const before = [award("ann"), award("bob"), award("eve"), award("kim")];
  const after = [award("ann"), award("bob", { asOf: "2024-01-15" }), award("eve", { asOf: "2024-03-01" }), award("lou")];
  const { changes, costMilli } = compareAwards(before, after, "2024-03-31");
  expect(changes.map(({ kind, agentId }) => [kind, agentId])).toEqual([
    ["earlier", "bob"],
    ["later", "eve"],
    ["lose", "kim"],
    ["gain", "lou"],
  ]);
  expect(costMilli).toBe(0);
});

test("[S3-R54] a tier move is of an agent's best award in force on the last day, whatever else they hold", () => {
  const bronze = { definitionId: "bronze", tier: { name: "TIER_1", rank: 1 } };
  const before = [
    award("ann"),
    award("ann", bronze),
    award("bob", bronze),
    award("eve", { periodId: "2023-Q4", periodUntil: "2024-01-01" }),
  ];
  const after = [award("ann", bronze), award("bob", bronze), award("bob"), award("kim")];
  expect(compareAwards(before, after, "2024-03-31").tierMoves).toEqual([
    { from: "TIER_3", to: "TIER_1", agents: 1 },
    { from: "TIER_1", to: "TIER_3", agents: 1 },
    { from: null, to: "TIER_3", agents: 1 },
  ]);
});

test("cost is what the awards of one side cost more than those of the other", () => {
  expect(compareAwards([award("ann")], [award("ann"), award("bob"), award("eve", { costMilli: 1_000 })], "2024-03-31").costMilli).toBe(
    3_500,
  );
});

import { expect, test } from "vitest";
import type { EvaluationReport } from "../../app/recognise/evaluate-milestones.ts";
import type { PlannedChange } from "../../app/recognise/tally.ts";
import { describeEvaluation } from "./milestones-text.ts";

const grant: PlannedChange = {
  definitionId: "aht_gold",
  agentId: "a1",
  periodId: "2026-Q1",
  action: "grant",
  isAgain: false,
  occurredAt: "2026-03-03T18:00:00.000Z",
  asOf: "2026-03-03",
  value: "228.4",
  reason: "below 240 s",
};

const report: EvaluationReport = {
  asOf: "2026-03-03",
  since: null,
  snapshot: {},
  isApplied: true,
  agents: 1,
  totals: { input: 1, granted: 1, no: 0, duplicate: 0, conflict: 0, suppressed: 0, failed: 0 },
  entries: { grant: 1, again: 0, confirm: 0, reverse: 0 },
  milestones: [],
  changes: [grant],
  held: [],
};

test("what was decided is shown with its totals, and where nobody is told of it that is said", () => {
  const alone = describeEvaluation(report, 1, false).split("\n");
  expect(alone[0]).toBe("1 agent, 0 milestones, as of 2026-03-03");
  expect(alone).toContain("1 decided = 1 granted + 0 no + 0 duplicate + 0 conflict + 0 suppressed + 0 failed");
  expect(alone.at(-1)).toMatch(/^Nobody is told: a host that is added later is told of later awards only/);
  expect(describeEvaluation(report, 1, true)).not.toContain("Nobody is told");
  expect(describeEvaluation({ ...report, changes: [] }, 0, false)).not.toContain("Nobody is told");
});

test("a long list of entries is cut, and says by how much", () => {
  const many = { ...report, changes: Array.from({ length: 21 }, () => grant) };
  expect(describeEvaluation(many, 1200, true)).toContain("and 1180 more; --json lists the first 1000");
});

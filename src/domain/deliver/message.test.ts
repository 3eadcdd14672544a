import { expect, test } from "vitest";
import { type AwardPayload, adjustmentMessage, entryMessage, pointsMessage } from "./message.ts";

const recipient = { agentId: "a1", source: "genesys", nativeId: "u1" };
const award: AwardPayload = {
  kind: "award",
  recipient,
  awardKey: "k".repeat(64),
  entryNo: 1,
  definitionId: "aht-gold",
  name: "AHT Gold",
  tier: "TIER_3",
  periodId: "2026-Q1",
  occurredAt: "2026-02-01T08:30:00.000Z",
  reason: "average handle time below 240 s over 30 days",
  evaluationWindow: "2026-01-02/2026-02-01",
  metricValue: "228.4",
  threshold: "240",
  ruleHash: "r1",
};

test("[T8] [S3-R23] the key of an award's message is its entry: window, value and time of the run do not come in", () => {
  const one = entryMessage(award, { host: "genesys" });
  const later = { ...award, evaluationWindow: "2026-01-03/2026-02-02", metricValue: "226.1", occurredAt: "2026-02-02T08:30:00.000Z" };
  expect(entryMessage(later, { host: "genesys" }).idempotencyKey).toBe(one.idempotencyKey);
  expect(entryMessage({ ...award, entryNo: 3 }, { host: "genesys" }).idempotencyKey).not.toBe(one.idempotencyKey);
  expect(entryMessage(award, { host: "webhook" }).idempotencyKey).not.toBe(one.idempotencyKey);
});

test("a revocation goes before an award, an award before points", () => {
  const points = pointsMessage(
    { kind: "points", recipient, metric: "aht", workDate: "2026-02-01", pointsMilli: "5000", count: null },
    { host: "genesys" },
  );
  const revocation = entryMessage({ ...award, kind: "revocation", entryNo: 2 }, { host: "genesys" });
  expect(revocation.priority).toBeGreaterThan(entryMessage(award, { host: "genesys" }).priority);
  expect(points.priority).toBeLessThan(entryMessage(award, { host: "genesys" }).priority);
});

test("restated points are another message, repeated ones the same", () => {
  const payload = { kind: "points", recipient, metric: "aht", workDate: "2026-02-01", pointsMilli: "5000", count: 3 } as const;
  const key = pointsMessage(payload, { host: "h" }).idempotencyKey;
  expect(pointsMessage(payload, { host: "h" }).idempotencyKey).toBe(key);
  expect(pointsMessage({ ...payload, pointsMilli: "4000" }, { host: "h" }).idempotencyKey).not.toBe(key);
});

test("an adjustment's key is its challenge and proposal", () => {
  const payload = {
    kind: "adjustment",
    decidedAt: "2024-02-01T08:30:05.000Z",
    challengeId: "c1",
    proposalId: "p1",
    expected: {},
    wanted: { multiplier: 1.5 },
    endsAt: null,
    reason: "",
  } as const;
  expect(adjustmentMessage(payload, { host: "h" })).toMatchObject({ subjectId: "c1", kind: "adjustment", version: null });
});

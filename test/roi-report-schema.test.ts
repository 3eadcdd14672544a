import { expect, test } from "vitest";
import { z } from "zod";
import { planReport } from "../src/domain/roi/report/plan-report.ts";
import { reportToJson } from "../src/domain/roi/report/report-json.ts";
import { bankFacts, emptyFacts, programmeFacts } from "./support/roi-facts.ts";
import { reportSchema } from "./support/roi-report-schema.ts";

const everything = { month: null, challenge: null, compare: null };

test("every report has exactly the fields of its schema", () => {
  for (const facts of [programmeFacts(), bankFacts(), emptyFacts]) {
    expect(reportSchema.safeParse(reportToJson(planReport(facts, everything))).error?.issues ?? []).toEqual([]);
  }
});

test("[T63] the schema takes no figure without n, window, and an interval or the reason why not", () => {
  const json: Record<string, Record<string, object>> = JSON.parse(JSON.stringify(reportToJson(planReport(programmeFacts(), everything))));
  const whole = { value: 1, unit: "ratio", n: 2, of: "agents", window: { from: "2026-01-05", to: "2026-02-01" }, reason: null };
  const takes = (roi: object) => reportSchema.safeParse({ ...json, keyFigures: { ...json.keyFigures, roi } }).success;
  expect(takes({ ...whole, interval: [0, 2], intervalReason: null })).toBe(true);
  expect(takes({ ...whole, interval: null, intervalReason: "no error" })).toBe(true);
  expect(takes({ ...whole, value: null, interval: null, intervalReason: null, reason: "no cost" })).toBe(true);
  expect(takes({ ...whole, interval: null, intervalReason: null })).toBe(false);
  expect(takes({ ...whole, interval: [0, 2], intervalReason: null, n: undefined })).toBe(false);
  expect(takes({ ...whole, interval: [0, 2], intervalReason: null, window: null })).toBe(false);
  expect(takes({ ...whole, value: null, interval: null, intervalReason: null })).toBe(false);
  expect(takes({ ...whole, value: Number.NaN, interval: [0, 2], intervalReason: null })).toBe(false);
});

test("schema/roi-report.schema.json is current (npx vitest run test/roi-report-schema.test.ts -u writes it)", async () => {
  const text = `${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../schema/roi-report.schema.json");
});

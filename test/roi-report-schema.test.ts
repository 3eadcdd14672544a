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

test("schema/roi-report.schema.json is current (npx vitest run test/roi-report-schema.test.ts -u writes it)", async () => {
  const text = `${JSON.stringify(z.toJSONSchema(reportSchema), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../schema/roi-report.schema.json");
});

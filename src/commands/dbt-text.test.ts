import { expect, test } from "vitest";
import type { HandOffReport } from "../app/ingest/hand-off-to-dbt.ts";
import type { DbtNodeResult } from "../ports/dbt.ts";
import { describeDbt } from "./dbt-text.ts";

const node = (name: string, message: string | null, more: Partial<DbtNodeResult> = {}): DbtNodeResult => ({
  id: `model.gami.${name}`,
  name,
  kind: "model",
  status: "error",
  message,
  failures: null,
  seconds: 1,
  ...more,
});

const report = (failures: readonly DbtNodeResult[], more: Partial<HandOffReport> = {}): HandOffReport => ({
  invocationId: null,
  dbtExitCode: 1,
  results: 2,
  succeeded: 1,
  warned: 0,
  failed: failures.length,
  skipped: 0,
  leftOut: [],
  failures,
  warnings: [],
  seconds: 2,
  ...more,
});

test("a model that fails is shown with its place and with what the database said", () => {
  const message =
    "Runtime Error in model fct_bad (models/fct_bad.sql)\n  Catalog Error: Table with name nowhere does not exist!\n  LINE 1: ...";
  const text = describeDbt(report([node("fct_bad", message)]));
  expect(text).toContain("1 done, 0 warned, 1 failed, 0 skipped in 2.0 s");
  expect(text).toContain(
    "error  model fct_bad  Runtime Error in model fct_bad (models/fct_bad.sql): Catalog Error: Table with name nowhere does not exist!",
  );
  expect(text).not.toContain("LINE 1");
});

test("a test that fails is shown with its one line, and what was skipped for it is named", () => {
  const failed = node("unique_x", "Got 3 results, configured to fail if != 0\ncompiled code at x.sql", { kind: "test", status: "fail" });
  const text = describeDbt(report([failed], { skipped: 1, leftOut: [node("fct_late", null, { status: "skipped" })] }));
  expect(text).toContain("fail  test unique_x  Got 3 results, configured to fail if != 0\n");
  expect(text).toContain("skipped, since what they read failed: fct_late");
});

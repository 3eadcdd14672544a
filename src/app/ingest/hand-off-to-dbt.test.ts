import { expect, test } from "vitest";
import { ChecksFailedError, LockHeldError, UsageError, WarehouseBusyError, WarehouseError } from "../../errors.ts";
import type { DbtOutcome } from "../../ports/dbt.ts";
import { handOffToDbt } from "./hand-off-to-dbt.ts";

const silent = { note() {}, warn() {}, detail() {}, progress() {}, progressDone() {} };

function deps(outcome: Partial<DbtOutcome>, order: string[] = []) {
  return {
    output: silent,
    prepareWarehouse: async () => void order.push("released"),
    dbt: {
      describe: async () => ({ runner: "venv", program: "dbt", version: "1.11.16" }) as const,
      run: async () => {
        order.push("dbt");
        return { exitCode: 0, invocationId: "i", results: [], seconds: 1, tail: "", ...outcome };
      },
    },
  };
}
const node = (kind: string, status: "success" | "fail" | "error" | "skipped" | "warn") => ({
  id: `${kind}.gami.x`,
  name: "x",
  kind,
  status,
  message: null,
  failures: null,
  seconds: 0,
});
const running = new AbortController().signal;

test("the warehouse is let go before dbt starts", async () => {
  const order: string[] = [];
  await handOffToDbt(deps({}, order), ["build"], running);
  expect(order).toEqual(["released", "dbt"]);
});

test("failures are counted and models come before the tests that failed because of them", async () => {
  const results = [node("test", "fail"), node("model", "error"), node("model", "success"), node("model", "skipped"), node("test", "warn")];
  const report = await handOffToDbt(deps({ exitCode: 1, results }), ["build"], running);
  expect(report).toMatchObject({ succeeded: 1, warned: 1, failed: 2, skipped: 1, dbtExitCode: 1 });
  expect(report.failures.map(({ kind }) => kind)).toEqual(["model", "test"]);
  expect(report.leftOut.map(({ kind }) => kind)).toEqual(["model"]);
});

test.each([
  [
    "a locked warehouse is worth another try",
    "IO Error: Could not set lock on file: Conflicting lock is held in python (PID 4711)",
    LockHeldError,
    "process 4711",
  ],
  ["a warehouse nobody answers at is worth another try", "Max retries exceeded with url: /session/v1", WarehouseBusyError, "Max retries"],
  ["a full disk is the warehouse's fault", "IO Error: No space left on device", WarehouseError, "room"],
  ["a wrong flag is the caller's", "Usage: dbt build [OPTIONS]\nError: No such option '--slect'", UsageError, "--slect"],
  ["a project that does not compile failed its checks", "Compilation Error in model fct_interaction", ChecksFailedError, "fct_interaction"],
])("%s", async (_fact, tail, kind, words) => {
  const failing = handOffToDbt(deps({ exitCode: 2, tail }), ["build"], running);
  await expect(failing).rejects.toThrow(kind);
  await expect(failing).rejects.toThrow(words);
});

const lost = (kind: string, message: string) => ({ ...node(kind, "error"), message });
const outages = [
  "Database Error in model x (models/x.sql)\n  250001 (08001): Failed to connect to DB: account. Could not connect",
  "Runtime Error in model x (models/x.sql)\n  ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
  "HTTPSConnectionPool(host='bigquery.googleapis.com', port=443): Max retries exceeded with url: /x",
];

test("a connection that broke while dbt ran is worth another try, and the first model it hit is named", async () => {
  const results = [node("model", "success"), ...outages.map((message) => lost("model", message)), node("test", "skipped")];
  const failing = handOffToDbt(deps({ exitCode: 1, results }), ["build"], running);
  await expect(failing).rejects.toThrow(WarehouseBusyError);
  await expect(failing).rejects.toThrow(
    "3 of 5 models and tests failed with it, 1 were skipped for that; the first is model x: Database Error",
  );
});

test("where anything failed for another reason, that is what is told", async () => {
  const results = [lost("model", outages[0] ?? ""), lost("model", "Binder Error: column nowhere not found")];
  expect(await handOffToDbt(deps({ exitCode: 1, results }), ["build"], running)).toMatchObject({ failed: 2 });
});

import { expect, test } from "vitest";
import { parseRunResults } from "./artifacts.ts";

const written = (status: string) =>
  JSON.stringify({
    metadata: { invocation_id: "abc" },
    results: [
      { unique_id: "test.gami.not_null_dim_agent_agent_key.1f2e", status, message: "Got 2 results", failures: 2, execution_time: 0.5 },
    ],
  });

test("a failed test is named without dbt's prefix and hash", () => {
  expect(parseRunResults(written("fail"))).toEqual({
    invocationId: "abc",
    results: [
      {
        id: "test.gami.not_null_dim_agent_agent_key.1f2e",
        name: "not_null_dim_agent_agent_key",
        kind: "test",
        status: "fail",
        message: "Got 2 results",
        failures: 2,
        seconds: 0.5,
      },
    ],
  });
});

test("a status nobody knows counts as an error, never as success", () => {
  expect(parseRunResults(written("splendid"))?.results[0]?.status).toBe("error");
});

test("an exposure, with nothing to run, is no skipped node", () => {
  expect(parseRunResults(written("no-op"))?.results).toEqual([]);
  expect(parseRunResults(written("skipped"))?.results[0]?.status).toBe("skipped");
});

test("a half-written file is no result", () => {
  expect(parseRunResults('{"metadata": {"invocation')).toBeNull();
  expect(parseRunResults('{"results": 3}')).toBeNull();
});

import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { DbtNodeResult } from "../../ports/dbt.ts";

/** The part of dbt's `run_results.json` (schema v6) that gami reads. */
const runResults = z.object({
  metadata: z.object({ invocation_id: z.string().nullish() }),
  results: z.array(
    z.object({
      unique_id: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      failures: z.number().nullish(),
      execution_time: z.number(),
    }),
  ),
});

export interface RunResults {
  readonly invocationId: string | null;
  readonly results: readonly DbtNodeResult[];
}

const statuses: Readonly<Record<string, DbtNodeResult["status"]>> = {
  success: "success",
  pass: "pass",
  warn: "warn",
  skipped: "skipped",
  fail: "fail",
  error: "error",
  "runtime error": "error",
  "partial success": "error",
};

/** @returns what dbt wrote, or null where it wrote nothing readable: it ended before it could. */
export async function readRunResults(path: string): Promise<RunResults | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return null;
  }
  return parseRunResults(text);
}

/** @returns null when the text is not run results: half written, or of a schema nobody knows. */
export function parseRunResults(text: string): RunResults | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = runResults.safeParse(content);
  if (!parsed.success) return null;
  return {
    invocationId: parsed.data.metadata.invocation_id ?? null,
    results: parsed.data.results.filter(isWork).map((result) => ({
      id: result.unique_id,
      name: nodeName(result.unique_id),
      kind: result.unique_id.split(".", 1)[0] ?? "node",
      // A status gami does not know must never read as success.
      status: statuses[result.status] ?? "error",
      message: result.message ?? null,
      failures: result.failures ?? null,
      seconds: result.execution_time,
    })),
  };
}

/** An exposure says who reads the marts: dbt lists it, with nothing to run. */
function isWork({ status }: { readonly status: string }): boolean {
  return status !== "no-op";
}

/** `test.gami.not_null_dim_agent_agent_key.a1b2c3` -> `not_null_dim_agent_agent_key`. */
function nodeName(id: string): string {
  return id.split(".")[2] ?? id;
}

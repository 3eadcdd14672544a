import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "./support/source-files.ts";

test("docs/requirements-coverage.md is current: run 'node scripts/requirements-coverage.mjs'", () => {
  const done = spawnSync(process.execPath, [join(projectRoot, "scripts/requirements-coverage.mjs"), "--check"], { encoding: "utf8" });
  expect({ code: done.status, said: done.stderr }).toEqual({ code: 0, said: "" });
});

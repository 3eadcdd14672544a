import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import type { Run } from "../../ports/state-store.ts";
import { durationText, instantText, shownStatus } from "./run-words.ts";

const startedAt = Date.UTC(2026, 2, 21, 8, 45, 12, 345);
const run: Run = {
  id: "20260321-084512-3fa9c1",
  command: "import csv",
  argv: [],
  startedAt,
  endedAt: null,
  status: "running",
  exitCode: null,
  totals: null,
  error: null,
  host: hostname(),
  pid: process.pid,
};

test("a run whose process is gone is lost; one on another host cannot be judged from here", () => {
  const gone = spawnSync(process.execPath, ["-e", "0"]).pid;
  expect(shownStatus(run)).toBe("running");
  expect(shownStatus({ ...run, pid: gone })).toBe("lost");
  expect(shownStatus({ ...run, pid: gone, host: "elsewhere" })).toBe("running");
  expect(shownStatus({ ...run, pid: gone, status: "done", endedAt: startedAt })).toBe("done");
});

test("instants are UTC to the second, durations in seconds and then minutes", () => {
  expect(instantText(startedAt)).toBe("2026-03-21 08:45:12Z");
  expect(durationText(run)).toBe("");
  expect(durationText({ ...run, endedAt: startedAt + 440 })).toBe("0.4 s");
  expect(durationText({ ...run, endedAt: startedAt + 200_000 })).toBe("3 min 20 s");
  expect(durationText({ ...run, endedAt: startedAt + 119_900 })).toBe("2 min 0 s");
});

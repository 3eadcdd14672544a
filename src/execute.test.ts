import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import type { CommandResult } from "./commands/command.ts";
import { type Deps, openDeps } from "./deps.ts";
import { StoppedError, WarehouseError } from "./errors.ts";
import { executeInvocation } from "./execute.ts";
import type { Output } from "./ports/output.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-execute-"));
writeFileSync(join(folder, "gami.config.yaml"), "organisation: { name: x, zone: UTC }\n");
const opened: Deps[] = [];
afterEach(async () => {
  for (const deps of opened.splice(0)) await deps.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const done: CommandResult = { exitCode: 0, status: "done", json: { answer: 42 }, text: "42", totals: { received: 3n } };

interface Played {
  readonly run: () => Promise<CommandResult>;
  readonly isRecorded?: boolean;
  readonly cwd?: string;
  readonly config?: "required" | "optional";
  readonly stop?: StoppedError;
}

async function play({ run, isRecorded = true, cwd = folder, config = "required", stop }: Played) {
  const warnings: string[] = [];
  const nothing = () => undefined;
  const output: Output = {
    note: nothing,
    warn: (text) => void warnings.push(text),
    detail: nothing,
    progress: nothing,
    progressDone: nothing,
  };
  const deps = await openDeps({
    version: "0.0.0",
    width: null,
    cwd,
    env: {},
    clock: { now: () => Date.UTC(2026, 2, 21, 8, 45, 12) },
    output,
    configPath: undefined,
    onSecrets: nothing,
  });
  opened.push(deps);
  const controller = new AbortController();
  if (stop !== undefined) controller.abort(stop);
  const ending = await executeInvocation({
    invocation: { command: "test", config, isRecorded, run },
    deps,
    signal: controller.signal,
    argv: ["test", "--password=secret99"],
    redact: (text) => text.replaceAll("secret99", "***"),
  });
  const recorded = async () => (ending.runId === null ? null : (await deps.state()).runs.find(ending.runId));
  return { ending, recorded, warnings };
}

test("a command that ends well is recorded with its totals and redacted arguments", async () => {
  const { ending, recorded } = await play({ run: async () => done });
  expect(ending).toMatchObject({ exitCode: 0, status: "done", json: { answer: 42 }, text: "42", error: undefined });
  expect(ending.runId).toMatch(/^20260321-084512-[0-9a-f]{6}$/);
  expect(await recorded()).toMatchObject({
    command: "test",
    argv: ["test", "--password=***"],
    status: "done",
    exitCode: 0,
    totals: { received: "3" },
    error: null,
  });
});

test("a command that only looks is not recorded", async () => {
  expect((await play({ isRecorded: false, run: async () => done })).ending.runId).toBeNull();
});

test("a failure is recorded in redacted words, with the exit code of its class", async () => {
  const failure = new WarehouseError("the disk under secret99 is full", { code: "DISK_FULL", hint: "free space" });
  const { ending, recorded } = await play({ run: () => Promise.reject(failure) });
  expect(ending).toMatchObject({ exitCode: 6, status: "failed", error: failure });
  const words = { code: "DISK_FULL", message: "the disk under *** is full", hint: "free space" };
  expect(ending.json).toEqual({ error: { ...words, exitCode: 6 } });
  expect(await recorded()).toMatchObject({ status: "failed", exitCode: 6, error: words });
});

test("an error nobody foresaw is a bug: exit code 1", async () => {
  const bug = new TypeError("x is not a function");
  expect((await play({ run: () => Promise.reject(bug) })).ending).toMatchObject({
    exitCode: 1,
    status: "failed",
    error: bug,
    json: { error: { code: "BUG" } },
  });
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("what was thrown because of %s counts as stopped: exit code %i", async (signal, code) => {
  const stop = new StoppedError(signal, { code: "STOPPED" });
  const { ending, recorded } = await play({ stop, run: () => Promise.reject(new Error("the operation was aborted")) });
  expect(ending).toMatchObject({ exitCode: code, status: "stopped", error: stop });
  expect(await recorded()).toMatchObject({ status: "stopped", exitCode: code });
});

test("work that was finished in spite of a stop counts as done", async () => {
  const stop = new StoppedError("SIGINT", { code: "STOPPED" });
  expect((await play({ stop, run: async () => done })).ending).toMatchObject({ exitCode: 0, status: "done" });
});

test("without a config a command that needs one never starts", async () => {
  let hasRun = false;
  const run = async () => {
    hasRun = true;
    return done;
  };
  expect((await play({ cwd: tmpdir(), run })).ending).toMatchObject({
    exitCode: 2,
    runId: null,
    json: { error: { code: "CONFIG_MISSING" } },
  });
  expect(hasRun).toBe(false);
  expect((await play({ cwd: tmpdir(), config: "optional", run })).ending).toMatchObject({ exitCode: 0, runId: null });
});

test("a record that cannot be written at the end is a warning: the work was done", async () => {
  const { ending, warnings } = await play({
    run: async () => {
      await (await opened.at(-1)?.state())?.close();
      return done;
    },
  });
  opened.length = 0;
  expect(ending).toMatchObject({ exitCode: 0, status: "done" });
  expect(warnings.join()).toContain("could not be recorded");
});

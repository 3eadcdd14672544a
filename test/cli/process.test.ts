import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, expect, test } from "vitest";
import { gami, gamiProgram } from "../support/gami.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A command that would run for minutes. */
function startLongCommand(name: string): ChildProcess {
  const args = ["simulate", "files", "--agents", "2000", "--days", "400", "--out", join(folder, name), "--json"];
  return spawn(process.execPath, [gamiProgram, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (data) => {
    stdout += String(data);
  });
  child.stderr?.on("data", (data) => {
    stderr += String(data);
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })));
}

async function firstLine(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => child.stderr?.once("data", resolve));
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s stops after the work in hand and exits %i, with one JSON object that says so", async (signal, code) => {
  const child = startLongCommand(signal);
  const ending = ended(child);
  await firstLine(child);
  child.kill(signal);
  const { code: exitCode, stdout, stderr } = await ending;
  expect(exitCode).toBe(code);
  expect(JSON.parse(stdout)).toMatchObject({ command: "simulate files", status: "stopped", error: { exitCode: code } });
  expect(stderr).toContain("the same signal again ends at once");
  expect(stderr).toContain(`stopped by ${signal}`);
});

test("a second signal ends at once", async () => {
  const child = startLongCommand("twice");
  const ending = ended(child);
  await firstLine(child);
  child.kill("SIGTERM");
  child.kill("SIGINT");
  expect([130, 143]).toContain((await ending).code);
});

test("doctor says at once who holds the warehouse, and a scheduler is told to try again", async () => {
  const project = join(folder, "held");
  mkdirSync(project);
  await gami(project, "init", "--yes");
  appendFileSync(join(project, "gami.config.yaml"), "dbt: { runner: path }\n");
  const instance = await DuckDBInstance.create(join(project, "gami.duckdb"));
  try {
    const { code, stdout } = await gami(project, "doctor");
    expect(code).toBe(75);
    expect(stdout).toMatch(new RegExp(`^fail  warehouse .*\\b${process.pid}\\b`, "m"));
  } finally {
    instance.closeSync();
  }
});

test("a dbt that was killed is told from one that failed, and the run is recorded as failed", async () => {
  const project = join(folder, "killed-dbt");
  mkdirSync(project);
  await gami(project, "init", "--yes");
  appendFileSync(join(project, "gami.config.yaml"), "dbt: { runner: path }\n");
  const program = join(project, "dbt.sh");
  writeFileSync(program, "#!/bin/sh\n[ \"$1\" = --version ] && echo '  - installed: 1.11.0' || kill -9 $$\n", { mode: 0o755 });
  const options = { cwd: project, env: { ...process.env, GAMI_DBT: program } };
  const { code, stderr } = await ended(spawn(process.execPath, [gamiProgram, "dbt", "run"], options));
  expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringContaining("dbt was ended by SIGKILL") });
  expect((await gami(project, "runs", "show", "last")).stdout).toContain("failed (exit code 6)");
});

test("a reader that goes away early is no error", async () => {
  const child = spawn("/bin/sh", [
    "-c",
    `"${process.execPath}" "${gamiProgram}" --help | true; "${process.execPath}" "${gamiProgram}" --help | head -1`,
  ]);
  expect(await ended(child)).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Usage: gami") });
});

test("a full disk under the output is told, with exit code 6", async () => {
  const child = spawn("/bin/sh", ["-c", `"${process.execPath}" "${gamiProgram}" --help > /dev/full`]);
  expect(await ended(child)).toMatchObject({ code: 6, stderr: expect.stringContaining("the output cannot be written: ENOSPC") });
});

test("--version prints the version and nothing else", async () => {
  expect(await gami(folder, "--version")).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
});

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gami } from "../support/gami.ts";

const program = join(import.meta.dirname, "..", "..", "bin", "gami.js");

test("the command answers until it is told to stop, and says how much it was asked", async () => {
  const child = spawn(process.execPath, [
    program,
    "simulate",
    "serve",
    "--port",
    "0",
    "--agents",
    "20",
    "--days",
    "14",
    "--fault",
    "error=1",
  ]);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  try {
    const url = await until(() => /listening on (http:\S+)/.exec(stderr)?.[1]);
    expect((await fetch(`${url}/_simulator/health`)).status).toBe(200);
    expect((await fetch(`${url}/api/v2/users`)).status).toBeGreaterThanOrEqual(500);
  } finally {
    child.kill("SIGTERM");
  }
  const code = await ended(child);
  expect(stdout).toContain("answered 2 requests");
  expect(code).toBe(0);
}, 60_000);

test("a fault that is none, and a centre that cannot be, are usage errors", async () => {
  const fault = await gami(".", "simulate", "serve", "--port", "0", "--fault", "gremlin=0.5");
  expect([fault.code, fault.stderr]).toEqual([2, expect.stringContaining("gremlin")]);
  expect((await gami(".", "simulate", "serve", "--fault", "throttle=2")).code).toBe(2);
  const start = await gami(".", "simulate", "serve", "--port", "0", "--start", "2026-02-30");
  expect([start.code, start.stderr]).toEqual([2, expect.stringContaining("2026-02-30")]);
});

async function until<Found>(look: () => Found | undefined): Promise<Found> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("nothing within 15 seconds");
}

function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { gamiProgram } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const ready = requireOrSkip("python");
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Answer = readonly [awaited: string, typed: string];

/** Runs `gami init` on a terminal, typing each answer when its question is there. */
async function answer(answers: readonly Answer[]): Promise<{ folder: string; printed: string; code: number | null }> {
  const folder = mkdtempSync(join(tmpdir(), "gami-wizard-"));
  folders.push(folder);
  const terminal = join(import.meta.dirname, "../support/terminal.py");
  const child = spawn("python3", [terminal, folder, process.execPath, gamiProgram, "init"], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(answers));
  let printed = "";
  child.stdout.on("data", (data) => {
    printed += String(data);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { folder, printed, code };
}

const erase = (text: string) => "\x7f".repeat(text.length);

test.runIf(ready)("the wizard asks four questions, corrects wrong answers and writes what was answered", async () => {
  const { folder, printed, code } = await answer([
    ["Name of the organisation", "North Support\r"],
    ["Its time zone", "Berlin\r"],
    ["did you mean Europe/Berlin?", `${erase("Berlin")}Europe/Berlin\r`],
    ["Currency", "EUR\r"],
    ["What one hour", "31,50\r"],
    ["expected an amount", `${erase("31,50")}31.50\r`],
  ]);
  expect(code, printed).toBe(0);
  const config = readFileSync(join(folder, "gami.config.yaml"), "utf8");
  for (const line of ["name: North Support", "zone: Europe/Berlin", "currency: EUR", 'loadedRatePerHour: "31.50"'])
    expect(config).toContain(line);
});

test.runIf(ready)("Ctrl-C in the wizard writes nothing and exits 130", async () => {
  const { folder, printed, code } = await answer([
    ["Name of the organisation", "North\r"],
    ["Its time zone", "\x03"],
  ]);
  expect(code, printed).toBe(130);
  expect(existsSync(join(folder, "gami.config.yaml"))).toBe(false);
});

// How long gami takes to start, against a bare `node -e 0`: `node bench/start-up.ts`. Build first.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const rounds = Number(process.env.GAMI_ROUNDS ?? 20);
const gami = join(import.meta.dirname, "..", "bin", "gami.js");
const folder = mkdtempSync(join(tmpdir(), "gami-start-up-"));
const cases: readonly { readonly name: string; readonly args: readonly string[]; readonly goal: number }[] = [
  { name: "node -e 0", args: ["-e", "0"], goal: 1 },
  { name: "gami --version", args: [gami, "--version"], goal: 1.5 },
  { name: "gami --help", args: [gami, "--help"], goal: 2 },
  { name: "gami runs list", args: [gami, "runs", "list"], goal: 3 },
];

function timeOnce(args: readonly string[]): number {
  const began = performance.now();
  const done = spawnSync(process.execPath, args, { cwd: folder, stdio: "ignore" });
  if (done.status !== 0) throw new Error(`${args.join(" ")} ended with code ${done.status}`);
  return performance.now() - began;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

try {
  timeOnce([gami, "init", "--yes"]);
  for (const { args } of cases) timeOnce(args);
  const times = cases.map((): number[] => []);
  // Taken in turns, so that a busy second of the machine hits all of them.
  for (let round = 0; round < rounds; round += 1) for (const [index, { args }] of cases.entries()) times[index]?.push(timeOnce(args));
  const floor = median(times[0] ?? []);
  console.log(`medians of ${rounds}, against node -e 0`);
  for (const [index, { name, goal }] of cases.entries()) {
    const own = median(times[index] ?? []);
    console.log(
      `${name.padEnd(16)} ${own.toFixed(0).padStart(5)} ms  ratio ${(own / floor).toFixed(2)}  goal ${goal}${own / floor > goal ? "  MISSED" : ""}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { startCentre } from "../support/extraction.ts";
import { gami } from "../support/gami.ts";
import { type Between, between } from "./source.contract.ts";

vi.setConfig({ testTimeout: 120_000 });

let centre: RunningSimulator;
let late: Between;
const folder = mkdtempSync(join(tmpdir(), "gami-clock-"));
const secrets = { GC_SECRET: "sim-secret", CX_SECRET: "sim secret+", CX_KEY_SECRET: "SIMSECRETXYZ====" };

beforeAll(async () => {
  centre = await startCentre();
  const same = (text: string) => text;
  const tenMinutesOn = () => new Date(Date.now() + 600_000).toUTCString();
  late = await between(centre.url, same, same, (headers) => ({ ...headers, date: tenMinutesOn() }));
  Object.assign(process.env, secrets);
  expect(await gami(folder, "init", "--yes")).toMatchObject({ code: 0 });
  appendFileSync(
    join(folder, "gami.config.yaml"),
    `
sources:
  genesys:
    baseUrl: ${late.url}
    loginUrl: ${late.url}
    clientId: sim-client
    clientSecret: \${GC_SECRET}
    requestsPerMinute: 600000
    jobPollMs: 10
  cxone:
    loginUrl: ${late.url}
    clientId: sim-client@gami
    clientSecret: \${CX_SECRET}
    accessKeyId: SIMKEY7Q====
    accessKeySecret: \${CX_KEY_SECRET}
    requestsPerMinute: 600000
    jobPollMs: 10
`,
  );
});

afterAll(async () => {
  for (const name of Object.keys(secrets)) delete process.env[name];
  await late.close();
  await centre.close();
  rmSync(folder, { recursive: true, force: true });
});

test("with a clock ten minutes off both platforms are read all the same, and the operator is told for each", async () => {
  const interval = ["--since", "2026-01-05", "--until", "2026-01-07"];
  const extracted = await gami(folder, "extract", "--stream", "interaction", ...interval, "--json");
  expect(extracted, extracted.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(extracted.stdout)).toMatchObject({ status: "done", quarantined: 0 });
  const warnings = extracted.stderr.split("\n").filter((line) => line.includes("clock is"));
  expect(warnings.filter((line) => line.includes("genesys"))).not.toEqual([]);
  expect(warnings.filter((line) => line.includes("cxone"))).not.toEqual([]);
  const doctor = await gami(folder, "doctor", "--platforms", "--json");
  const checks: { name: string; state: string }[] = JSON.parse(doctor.stdout).checks;
  expect(checks.filter(({ name }) => name === "genesys" || name === "cxone").map(({ state }) => state)).toEqual(["ok", "ok"]);
  expect(warnings.every((line) => line.includes("-10 min off"))).toBe(true);
});

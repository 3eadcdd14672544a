import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { type StreamName, streamDefinition } from "../../src/domain/records/streams.ts";
import { defaultEffects, defaultOddities } from "../../src/domain/simulate/parameters.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { gami } from "../support/gami.ts";
import { openSmallSimulator, readTruth, setClock, setFaults, type TruthRow } from "./simulate.ts";

/** The built program against the simulator over HTTP, as a user would run it, with faults on the way. */
let base = "";
let simulator: RunningSimulator;
const [since, until] = ["2026-01-05", "2026-01-19"];
const secrets = { CX_SECRET: "sim secret+", CX_KEY_SECRET: "SIMSECRETXYZ====" };

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "gami-cxone-"));
  const parameters = {
    seed: "cxone",
    agents: 20,
    days: 12,
    start: since,
    contactsPerDay: 4,
    allocation: "random",
    effects: defaultEffects,
    oddities: defaultOddities,
  } as const;
  simulator = await openSmallSimulator({ parameters, now: Date.parse("2026-01-16T06:00:00Z") });
  expect((await gami(base, "init", "--yes")).code).toBe(0);
  await appendFile(
    join(base, "gami.config.yaml"),
    `
sources:
  cxone:
    loginUrl: ${simulator.url}
    clientId: sim-client@gami
    clientSecret: \${CX_SECRET}
    accessKeyId: SIMKEY7Q====
    accessKeySecret: \${CX_KEY_SECRET}
    requestsPerMinute: 100000
    jobPollMs: 10
    feedback: { score: csat }
`,
  );
  Object.assign(process.env, secrets);
}, 60_000);
afterAll(async () => {
  for (const name of Object.keys(secrets)) delete process.env[name];
  await simulator.close();
  await rm(base, { recursive: true, force: true });
});

test("an extract through faults, and a second one after late rows came, hold the truth row for row [T16] [T36]", async () => {
  const faults = [
    { name: "throttle", rate: 0.02 },
    { name: "error", rate: 0.02 },
    { name: "cut", rate: 0.02 },
    { name: "unauthorized", rate: 0.02, path: "/incontactapi/" },
    { name: "duplicate", rate: 0.5 },
    { name: "reorder", rate: 0.3 },
    { name: "drift", rate: 0.5 },
  ];
  await setFaults(simulator.url, faults);
  const first = await gami(base, "extract", "--source", "cxone", "--since", since, "--until", until, "--json");
  expect(first.code, first.stderr).toBe(0);
  await setClock(simulator.url, "2026-01-20T00:00:00Z");
  const second = await gami(base, "extract", "--source", "cxone", "--since", since, "--until", until, "--json");
  expect(second.code, second.stderr).toBe(0);
  const totals: { new: number; changed: number } = JSON.parse(second.stdout);
  expect(totals.new).toBeGreaterThan(0);
  for (const stream of ["interaction", "evaluation", "survey", "agent", "queue", "shift", "adherence"] as const) {
    const truth = await readTruth(simulator.url, "cxone", stream, `${since}T00:00:00Z`, `${until}T00:00:00Z`);
    expect(truth.length, stream).toBeGreaterThan(5);
    const [rows, wanted] = [await currentRows(stream, Object.keys(truth[0] ?? {})), asText(stream, truth)];
    expect({ missing: without(wanted, rows), surplus: without(rows, wanted), rows: rows.length }, stream).toEqual({
      missing: [],
      surplus: [],
      rows: wanted.length,
    });
  }
  const third = await gami(base, "extract", "--source", "cxone", "--since", since, "--until", until, "--json");
  expect(JSON.parse(third.stdout)).toMatchObject({ new: 0, changed: 0, quarantined: 0 });
}, 180_000);

test("no secret and no address of a customer is in the warehouse, the archive or the output", async () => {
  const listed = await gami(base, "extract", "--source", "cxone", "--list");
  expect(listed.stdout).toContain("contacts");
  const warehouse = await readFile(join(base, "gami.duckdb"));
  for (const secret of [...Object.values(secrets), "+1555", "@example.com", "Erika"])
    expect(warehouse.includes(secret), secret).toBe(false);
});

test("wrong credentials are exit code 4 with a hint", async () => {
  process.env.CX_KEY_SECRET = "wrong";
  const config = join(base, "gami.config.yaml");
  await writeFile(config, (await readFile(config, "utf8")).replace("sim-client@gami", "sim-client@nobody"));
  const refused = await gami(base, "extract", "--source", "cxone", "--since", since, "--until", until);
  expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining("client authentication failed")]);
});

async function currentRows(stream: StreamName, columns: readonly string[]): Promise<string[]> {
  const warehouse = openDuckDbWarehouse({ path: join(base, "gami.duckdb"), threads: 1 });
  try {
    const names = columns.map((name) => `"${name}"`).join(", ");
    const rows = await warehouse.rows(`select ${names} from raw.cxone_${stream} where superseded_seq is null and not is_deleted`);
    return rows.map((row) => JSON.stringify(columns.map((name) => textOf(stream, name, row[name] ?? null)))).sort();
  } finally {
    await warehouse.close();
  }
}

function without(rows: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return rows.filter((row) => !known.has(row)).slice(0, 5);
}

function asText(stream: StreamName, rows: readonly TruthRow[]): string[] {
  return rows.map((row) => JSON.stringify(Object.keys(rows[0] ?? {}).map((name) => textOf(stream, name, row[name] ?? null)))).sort();
}

function textOf(stream: StreamName, column: string, value: unknown): string | null {
  if (value === null) return null;
  const isInstant = streamDefinition(stream).columns.some(({ name, type }) => name === column && type === "instant");
  return isInstant ? new Date(typeof value === "number" ? value : String(value)).toISOString() : String(value);
}

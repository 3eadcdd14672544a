import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openSimulator } from "../../src/adapters/simulator/server.ts";
import { type CxoneSettings, type OpenCxoneOptions, openCxone } from "../../src/adapters/sources/cxone/open-cxone.ts";
import { type GenesysSettings, type OpenGenesysOptions, openGenesys } from "../../src/adapters/sources/genesys/open-genesys.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { type ExtractRequest, extract } from "../../src/app/ingest/extract.ts";
import { type StreamName, streamDefinition } from "../../src/domain/records/streams.ts";
import { contactsForRows, defaultEffects, defaultOddities } from "../../src/domain/simulate/parameters.ts";
import type { GrantedToken, RequestToken, TokenSource } from "../../src/ports/access-token.ts";
import type { Platform } from "../../src/ports/platform.ts";
import type { SimulatorOptions } from "../../src/ports/simulator.ts";

export const dayMs = 86_400_000;
export const firstDay = Date.parse("2026-01-05T00:00:00Z");
export const endDay = firstDay + 4 * dayMs;
/** Everything the simulated days bring has arrived by then. */
const allArrived = firstDay + 12 * dayMs;

export const smallParameters: SimulatorOptions["parameters"] = {
  seed: "extract",
  agents: 20,
  days: 7,
  start: "2026-01-05",
  contactsPerDay: contactsForRows(2_000, 20, 7),
  allocation: "random",
  effects: defaultEffects,
  oddities: defaultOddities,
};

/** A small simulated centre over HTTP. */
export function startCentre(options: Partial<SimulatorOptions> = {}) {
  return openSimulator({
    parameters: smallParameters,
    port: 0,
    faults: {},
    requestsPerMinute: null,
    now: allArrived,
    tokenSeconds: 3600,
    pageCacheBytes: 16e6,
    ...options,
  });
}

/** What Genesys is opened with here, without waits longer than a test likes. */
export function genesysSettings(url: string, contract: "guide" | "platform" = "platform", signal = new AbortController().signal) {
  const settings: GenesysSettings = {
    contract,
    region: null,
    baseUrl: url,
    loginUrl: url,
    clientId: "sim-client",
    clientSecret: "sim-secret",
    requestsPerMinute: 600_000,
    inFlight: 4,
    lagMinutes: 15,
    jobPollMs: 10,
    lateEvaluations: "search",
    agentZones: "workforce",
    personalData: "hmac",
  };
  const open: Omit<OpenGenesysOptions, "settings"> = {
    pseudonymKey: Buffer.alloc(32, 7),
    shareToken: heldToken,
    now: () => Date.now(),
    signal,
    onWarning: () => undefined,
  };
  return { settings, open };
}

/** One token in memory. */
function heldToken(_client: unknown, request: RequestToken): TokenSource {
  let held: GrantedToken | null = null;
  return {
    async current() {
      held ??= await request(null);
      return held.authorization;
    },
    async renew() {
      held = await request(null);
      return held.authorization;
    },
  };
}

/** What CXone is opened with here. */
export function cxoneSettings(url: string, contract: "guide" | "platform" = "platform", signal = new AbortController().signal) {
  const settings: CxoneSettings = {
    contract,
    loginUrl: url,
    ...(contract === "guide" ? { baseUrl: url } : {}),
    clientId: "sim-client@gami",
    clientSecret: "sim secret+",
    accessKeyId: "SIMKEY7Q====",
    accessKeySecret: "SIMSECRETXYZ====",
    apiVersion: "32.0",
    requestsPerMinute: 600_000,
    inFlight: 4,
    lagMinutes: 15,
    personalData: "hmac",
    jobPollMs: 10,
  };
  const open: Omit<OpenCxoneOptions, "settings"> = {
    pseudonymKey: Buffer.alloc(32, 7),
    shareToken: heldToken,
    now: () => Date.now(),
    signal,
    onWarning: () => undefined,
  };
  return { settings, open };
}

/** Genesys as gami opens it. */
export function genesysAt(url: string, contract: "guide" | "platform" = "platform", signal = new AbortController().signal): Platform {
  const { settings, open } = genesysSettings(url, contract, signal);
  return openGenesys({ ...open, settings });
}

/** CXone as gami opens it. */
export function cxoneAt(url: string, contract: "guide" | "platform" = "platform"): Platform {
  const { settings, open } = cxoneSettings(url, contract);
  return openCxone({ ...open, settings });
}

/** Stores in a folder of their own, and what a test asks them. */
export async function openProject() {
  const folder = mkdtempSync(join(tmpdir(), "gami-extract-"));
  const clock = { now: () => Date.now() };
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  const archive = openParquetArchive({ path: join(folder, "archive") });
  const state = await openSqliteStore({ path: join(folder, "gami.sqlite"), clock });
  const output = {
    progress: () => undefined,
    progressDone: () => undefined,
    note: () => undefined,
    warn: () => undefined,
    detail: () => undefined,
  };
  const deps = {
    warehouse,
    archive,
    state,
    clock,
    output,
    holder: "the test",
  };
  return {
    ...deps,
    folder,
    extract(platform: Platform, names: readonly string[], request: Partial<ExtractRequest> = {}) {
      return extract(deps, platform, {
        reads: platform.reads.filter(({ name }) => names.includes(name)),
        since: firstDay,
        until: endDay,
        isOpenDayAllowed: false,
        isFullRefresh: false,
        isReset: false,
        signal: new AbortController().signal,
        ...request,
      });
    },
    /** Current rows, in the given columns, as text. */
    async rows(stream: StreamName, columns: readonly string[], where = "true") {
      const listed = columns.map((name) => `"${name}"`).join(", ");
      const rows = await warehouse.rows(
        `select ${listed} from raw.genesys_${stream} where superseded_seq is null and not is_deleted and ${where}`,
      );
      return rows.map((row) => JSON.stringify(columns.map((name) => textOf(stream, name, row[name] ?? null)))).sort();
    },
    async close() {
      await warehouse.close();
      await archive.close();
      await state.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Project = Awaited<ReturnType<typeof openProject>>;

/** What the simulator says must be there, in the columns it names. */
export async function truthOf(url: string, stream: StreamName, from = firstDay, to = endDay) {
  const query = `source=genesys&stream=${stream}&from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
  const text = await (await fetch(`${url}/_simulator/truth?${query}`)).text();
  const records = text
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Readonly<Record<string, string | number | boolean | null>> => JSON.parse(line));
  const columns = Object.keys(records[0] ?? {}).filter((name) => streamDefinition(stream).columns.some((column) => column.name === name));
  const rows = records.map((record) => JSON.stringify(columns.map((name) => textOf(stream, name, record[name] ?? null)))).sort();
  return { columns, rows };
}

function textOf(stream: StreamName, column: string, value: unknown): string | null {
  if (value === null) return null;
  const isInstant = streamDefinition(stream).columns.some(({ name, type }) => name === column && type === "instant");
  if (isInstant) return new Date(typeof value === "number" ? value : String(value)).toISOString();
  return String(value);
}

export async function setFaults(url: string, faults: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await fetch(`${url}/_simulator/faults`, {
    method: "POST",
    body: JSON.stringify({ faults, ...more }),
    headers: { "content-type": "application/json" },
  });
}

export async function simulatorCounts(
  url: string,
): Promise<{ readonly jobsSubmitted: number; readonly tokensIssued: { readonly genesys: number } }> {
  const counts: { jobsSubmitted: number; tokensIssued: { genesys: number } } = JSON.parse(
    await (await fetch(`${url}/_simulator/counts`)).text(),
  );
  return counts;
}

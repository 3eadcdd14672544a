// How fast does `gami extract` bring gamification events over HTTP into DuckDB, against the floor (the same pages fetched and
// thrown away, plus DuckDB's own typed read of the same rows) and against dlt at its fastest?
// Run: npm run build && npx node bench/extract.ts [events] [rounds]     all arms (default: 1000000 events, 3 rounds)
//      npx node bench/extract.ts memory [events] [events]               gami's peak memory, by default at 1 and 10 million events
//      npx node bench/extract.ts limit [events]                         who waits for whom at 300 requests a minute
// dlt (the latest) comes into an environment of its own, .gami/bench; that needs Python 3.11 and its package index.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DuckDBInstance } from "@duckdb/node-api";
import * as z from "zod";
import { exportRequest } from "../src/adapters/sources/genesys/guide-events.ts";

const root = join(import.meta.dirname, "..");
const part = (name: string) => join(import.meta.dirname, "extract", name);
const program = join(root, "bin/gami.js");
const environment = join(root, ".gami/bench");
const python = join(environment, "bin/python");

const dayMs = 86_400_000;
const rowsPerPage = 500;
function isoDay(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

/** A centre whose export has about so many events, and the days it lies in. */
interface Centre {
  readonly flags: readonly string[];
  readonly since: string;
  readonly until: string;
}

function centreOf(events: number): Centre {
  const isLarge = events > 1_100_000;
  const days = isLarge ? 1_100 : 280;
  const agents = isLarge ? 5_000 : Math.max(20, Math.round(events / 200.4));
  const contacts = isLarge ? Math.round((events / 25 - 160_700) / 6_700) : 2;
  const start = Date.parse("2022-01-03");
  return {
    flags: ["--agents", agents, "--days", days, "--start", isoDay(start), "--contacts-per-day", contacts].map(String),
    // The zones of the centre reach over the edges of UTC.
    since: isoDay(start - dayMs),
    until: isoDay(start + (days + 1) * dayMs),
  };
}

/** The requests gami makes, by its own code, so that the server answers everybody from the same pages. */
function queriesOf({ since, until }: Centre): string {
  const lines: string[] = [];
  for (let from = Date.parse(since); from < Date.parse(until); from += dayMs) {
    lines.push(JSON.stringify(exportRequest({ from, to: from + dayMs })));
  }
  return `${lines.join("\n")}\n`;
}

interface Server {
  readonly url: string;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

async function serve(flags: readonly string[], pageCacheMb: number): Promise<Server> {
  const given = [
    "--port",
    "0",
    "--token-seconds",
    "172800",
    "--events-per-page",
    String(rowsPerPage),
    "--page-cache-mb",
    String(pageCacheMb),
  ];
  const child = spawn(process.execPath, [program, "simulate", "serve", ...given, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
  const url = await addressOf(createInterface({ input: child.stderr }));
  const answer = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from("sim-client:sim-secret").toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await answer.json());
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { url, token, stop };
}

async function addressOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, url] = /listening on (\S+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("the simulator did not start");
}

interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly megabytes: number;
}

/** A command and what it cost, its children included. */
function measured(args: readonly string[], folder: string): { readonly cost: Cost; readonly said: string } {
  const done = spawnSync("python3", [part("measure.py"), ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1e8 });
  const lines = done.stdout.trimEnd().split("\n");
  const cost = JSON.parse(lines.pop() ?? "{}");
  if (cost.code !== 0)
    throw new Error(`'${args.join(" ")}' ended with ${cost.code}:\n${done.stdout.slice(-2_000)}${done.stderr.slice(-2_000)}`);
  return { cost, said: lines.join("\n") };
}

async function countOf(database: string, table: string, key: string): Promise<Count> {
  const instance = await DuckDBInstance.create(database, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const sql = `select count(*)::integer, count(distinct ${key})::integer from ${table}`;
  const [[all, distinct] = []] = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return { rows: Number(all), keys: Number(distinct) };
}

interface Count {
  readonly rows: number;
  readonly keys: number;
}

/** One round's project of gami, and a run of its extract. */
function projectAt(folder: string, url: string, requestsPerMinute = 1_000_000) {
  mkdirSync(folder, { recursive: true });
  const init = spawnSync(process.execPath, [program, "init", "--yes"], { cwd: folder, encoding: "utf8" });
  if (init.status !== 0) throw new Error(init.stderr);
  const source = { contract: "guide", baseUrl: url, loginUrl: url, clientId: "sim-client", clientSecret: "sim-secret", requestsPerMinute };
  appendFileSync(join(folder, "gami.config.yaml"), `\nsources: ${JSON.stringify({ genesys: source })}\n`);
  return {
    extract(...flags: readonly string[]) {
      const { cost, said } = measured([process.execPath, program, "extract", "--stream", "events", ...flags, "--json", "--quiet"], folder);
      return { cost, result: JSON.parse(said) };
    },
    events: () => countOf(join(folder, "gami.duckdb"), "raw.genesys_gamification_event", "business_key"),
  };
}

function prepareDlt(): string {
  if (!existsSync(python)) {
    mkdirSync(environment, { recursive: true });
    const install = [join(environment, "bin/pip"), "install", "--quiet", "dlt[duckdb,parquet]", "orjson", "requests", "duckdb<2"];
    for (const [command = "", ...args] of [["python3", "-m", "venv", environment], install]) {
      const done = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
      if (done.status !== 0) throw new Error(`'${command} ${args.join(" ")}' failed: dlt cannot be measured`);
    }
  }
  const versions =
    "import dlt, duckdb, pyarrow; print(f'dlt {dlt.__version__}, duckdb {duckdb.__version__}, pyarrow {pyarrow.__version__}')";
  return spawnSync(python, ["-c", versions], { encoding: "utf8" }).stdout.trim();
}

type Arms = Map<string, Cost[]>;

function note(arms: Arms, name: string, cost: Cost): void {
  arms.set(name, [...(arms.get(name) ?? []), cost]);
  console.error(`${name}: ${cost.wall.toFixed(2)} s, ${cost.cpu.toFixed(2)} s of processor, ${cost.megabytes.toFixed(0)} MB`);
}

async function compare(events: number, rounds: number): Promise<void> {
  console.error(`${prepareDlt()}, Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model}`);
  const folder = mkdtempSync(join(tmpdir(), "gami-bench-extract-"));
  const centre = centreOf(events);
  const server = await serve(centre.flags, 2_000);
  const node = process.execPath;
  const arms: Arms = new Map();
  try {
    const [queries, rows] = [join(folder, "queries"), join(folder, "rows.ndjson")];
    writeFileSync(queries, queriesOf(centre));
    const kept = measured([node, part("floor.mjs"), server.url, server.token, queries, rows], folder);
    const { rows: sent, keys, pages } = JSON.parse(kept.said);
    console.error(`${sent} events on ${pages} pages, ${sent - keys} of them sent twice; load ${loadavg()[0]?.toFixed(1)}`);
    const check = (name: string, found: Count, expected: Count) => {
      if (found.rows !== expected.rows || found.keys !== expected.keys)
        throw new Error(`${name} has ${JSON.stringify(found)} of ${JSON.stringify(expected)}`);
    };
    for (let round = 0; round < rounds; round += 1) {
      const at = join(folder, `round-${round}`);
      mkdirSync(at);
      note(arms, "floor: fetch, discard", measured([node, part("floor.mjs"), server.url, server.token, queries], at).cost);
      note(arms, "floor: DuckDB reads typed", measured([node, part("read-json.mjs"), rows, join(at, "floor.duckdb")], root).cost);

      const whole = projectAt(join(at, "gami"), server.url);
      const { cost, result } = whole.extract("--since", centre.since, "--until", centre.until);
      if (result.quarantined !== 0) throw new Error(`gami quarantined ${result.quarantined}`);
      note(arms, "gami", cost);
      check("gami", await whole.events(), { rows: keys, keys });

      // One row in a hundred is new, and four days are read again.
      const daily = projectAt(join(at, "daily"), server.url);
      const before = isoDay(Date.parse(centre.until) - 4 * dayMs);
      daily.extract("--since", centre.since, "--until", before);
      const second = daily.extract("--until", centre.until);
      note(arms, `gami, second run: ${second.result.new} new of ${second.result.received} read`, second.cost);
      check("gami in two runs", await daily.events(), { rows: keys, keys });

      for (const mode of ["tuned", "arrow"]) {
        const database = join(at, `dlt-${mode}.duckdb`);
        const run = [python, part("dlt_arms.py"), mode, server.url, server.token, queries, database, join(at, `dlt-${mode}`)];
        note(arms, `dlt ${mode}`, measured(run, at).cost);
        // dlt only appends here: what was sent twice stays twice.
        check(`dlt ${mode}`, await countOf(database, "export.events", "event_id"), { rows: sent, keys });
      }
      rmSync(at, { recursive: true, force: true });
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  console.table(tableOf(arms));
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function tableOf(arms: Arms) {
  const wall = (name: string) => median((arms.get(name) ?? []).map((cost) => cost.wall));
  const cpu = (name: string) => median((arms.get(name) ?? []).map((cost) => cost.cpu));
  const floor = { wall: 0, cpu: 0 };
  for (const name of arms.keys()) {
    if (!name.startsWith("floor")) continue;
    floor.wall += wall(name);
    floor.cpu += cpu(name);
  }
  return [...arms].map(([name, costs]) => ({
    arm: name,
    "wall s": wall(name).toFixed(2),
    range: [Math.min, Math.max].map((pick) => pick(...costs.map((cost) => cost.wall)).toFixed(2)).join(" - "),
    "to floor": (wall(name) / floor.wall).toFixed(2),
    "to gami": (wall(name) / wall("gami")).toFixed(2),
    "cpu s": cpu(name).toFixed(2),
    "cpu to floor": (cpu(name) / floor.cpu).toFixed(2),
    "peak MB": Math.max(...costs.map((cost) => cost.megabytes)).toFixed(0),
  }));
}

/** Peak memory of one run each; nothing is timed, so the server keeps no pages. */
async function memory(sizes: readonly number[]): Promise<void> {
  const table = [];
  for (const size of sizes) table.push(await extractOnce(size, 1_000_000, 0));
  console.table(table.map(({ events, cost }) => ({ events, "peak MB": cost.megabytes.toFixed(0) })));
}

async function limit(events: number): Promise<void> {
  const requestsPerMinute = 300;
  const { cost, result } = await extractOnce(events, requestsPerMinute, 2_000);
  const [{ counts }] = result.reads;
  console.table([
    {
      events: result.received,
      requests: counts.requests,
      "wall s": cost.wall.toFixed(1),
      "waited s": (counts.waitedMs / 1000).toFixed(1),
      "waiting share": (counts.waitedMs / 1000 / cost.wall).toFixed(3),
      "cpu s": cost.cpu.toFixed(1),
      "least possible s": (counts.requests / (requestsPerMinute / 60)).toFixed(1),
    },
  ]);
}

async function extractOnce(size: number, requestsPerMinute: number, pageCacheMb: number) {
  const folder = mkdtempSync(join(tmpdir(), "gami-bench-extract-"));
  const centre = centreOf(size);
  const server = await serve(centre.flags, pageCacheMb);
  try {
    if (pageCacheMb > 0) {
      // What making a page costs the simulator is not the platform's limit.
      const queries = join(folder, "queries");
      writeFileSync(queries, queriesOf(centre));
      measured([process.execPath, part("floor.mjs"), server.url, server.token, queries], folder);
    }
    const project = projectAt(folder, server.url, requestsPerMinute);
    const { cost, result } = project.extract("--since", centre.since, "--until", centre.until);
    return { events: (await project.events()).rows, cost, result };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first = "1000000", ...rest] = process.argv.slice(2);
if (first === "memory") await memory(rest.length > 0 ? rest.map(Number) : [1_000_000, 10_000_000]);
else if (first === "limit") await limit(Number(rest[0] ?? 1_000_000));
else await compare(Number(first), Number(rest[0] ?? 3));

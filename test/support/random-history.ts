import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { commitInput, syncSettings } from "../../src/app/ingest/sync-settings.ts";
import type { StreamName } from "../../src/domain/records/streams.ts";
import type { SourceItem } from "../../src/ports/source.ts";
import { readOf, recordItem } from "./item-read.ts";

export type Random = ReturnType<typeof randomFrom>;
export type History = Awaited<ReturnType<typeof openHistory>>;

/** The models that the last run built, not those it left as they were. */
export async function builtLast(file: string): Promise<string[]> {
  const rows = await onFile(file, (query) =>
    query("select model from meta.built where invocation_id = (select arg_max(invocation_id, finished_at) from meta.build)"),
  );
  return rows.map(({ model }) => String(model));
}

export async function execute(file: string, statements: readonly string[]): Promise<void> {
  await onFile(file, async (rows) => {
    for (const statement of statements) await rows(statement);
  });
}

export async function onFile<T>(file: string, work: (rows: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export function randomFrom(seed: number) {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number) => (generator.next() >>> 0) % limit;
  return {
    below,
    pick: <T>(options: readonly T[]): T => {
      const picked = options[below(options.length)];
      if (picked === undefined) throw new RangeError("nothing to pick from");
      return picked;
    },
  };
}

const hour = 3_600_000;
/** New York leaves daylight saving time in the middle of the ten days. */
const firstInstant = Date.parse("2024-10-29T00:00:00Z");
const zones = ["America/New_York", "Asia/Kolkata"];
const people = ["ann", "bob", "eve", "unlisted"];

/** A warehouse into which random batches are loaded through the real loader. */
export async function openHistory(folder: string, name: string) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const file = join(home, "gami.duckdb");
  const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
  const archive = openParquetArchive({ path: join(home, "archive") });
  let now = Date.parse("2024-12-01T00:00:00Z");
  const clock = { now: () => (now += 60_000) };
  const deps = { warehouse, archive, clock };
  const keys = new Map<string, SourceItem>();
  let reads = 0;

  const load = async (stream: StreamName, items: readonly SourceItem[], source = "csv:one") => {
    reads++;
    const { totals } = await loadRead(deps, readOf(items, { source, streams: [stream], mapperVersion: `read-${reads}` }));
    if (totals.quarantined > 0) throw new Error(`${stream}: ${totals.quarantined} records were refused`);
    await warehouse.release();
  };
  const item = (stream: StreamName, columns: Readonly<Record<string, string | number | boolean | null>>, isDeleted = false) =>
    recordItem(stream, `${reads}:${JSON.stringify(columns)}`, columns, isDeleted);
  /** One in six lies up to 95 days before the ten: further back than the longest window looks. */
  const instant = (random: Random) =>
    firstInstant + random.below(10 * 24 * 12) * (hour / 12) - (random.below(6) === 0 ? random.below(95) * 24 * hour : 0);

  const interaction = (random: Random, id: string) => {
    const startedAt = instant(random);
    const talkMs = random.below(600) * 1000;
    return {
      interaction_id: id,
      agent_native_id: random.pick([...people, null]),
      segment_id: "0",
      queue_native_id: random.pick(["sales", "service", null]),
      channel: "voice",
      started_at: startedAt,
      entered_at: startedAt,
      ended_at: startedAt + 60_000,
      talk_ms: talkMs,
      handle_ms: talkMs,
      outcome: random.pick(["answered", "answered", "abandoned"]),
    };
  };

  const loadInteractions = async (random: Random) => {
    const items: SourceItem[] = [];
    for (let count = 0; count < 3 + random.below(6); count++) {
      const id = `i${random.below(25)}`;
      const before = keys.get(id);
      const columns = interaction(random, id);
      // Another agent makes another key: the source then says the old one is gone.
      if (before?.kind === "record" && before.record.agent_native_id !== columns.agent_native_id)
        items.push({ ...before, isDeleted: true });
      const isDeleted = before !== undefined && random.below(5) === 0;
      const next = isDeleted && before.kind === "record" ? { ...before, isDeleted } : item("interaction", columns);
      items.push(next);
      keys.set(id, next);
    }
    await load("interaction", items);
  };

  const acts: Record<string, (random: Random) => Promise<void>> = {
    interactions: loadInteractions,
    events: (random) =>
      load(
        "gamification_event",
        Array.from({ length: 3 + random.below(5) }, () =>
          item(
            "gamification_event",
            {
              event_id: `e${random.below(15)}`,
              agent_native_id: random.pick(people),
              interaction_id: `i${random.below(6)}`,
              metric: "aht",
              occurred_at: instant(random),
              event_kind: "points_earned",
              action_type: "call",
              challenge_native_id: random.pick(["c1", "c2", null]),
              points_milli: 1000 * random.below(20),
              engagement_ppm: random.pick([null, random.below(1_100_000)]),
            },
            random.below(6) === 0,
          ),
        ),
      ),
    shifts: (random) =>
      load(
        "shift",
        Array.from({ length: 2 }, () => {
          const startsAt = instant(random);
          return item(
            "shift",
            {
              shift_native_id: `s${random.below(8)}`,
              agent_native_id: random.pick(people),
              starts_at: startsAt,
              ends_at: startsAt + (1 + random.below(20)) * hour,
              zone: random.pick([null, null, ...zones]),
              is_leave: random.below(5) === 0,
            },
            random.below(4) === 0,
          );
        }),
      ),
    "a roster row": (random) =>
      load("agent", [
        item("agent", { agent_native_id: random.pick(people.slice(0, 3)), zone: random.pick([...zones, null]) }, random.below(5) === 0),
      ]),
    "a hiring, a leaving or both": (random) => {
      const [hired, left] = [instant(random), instant(random)].map((at) => new Date(at).toISOString().slice(0, 10));
      return load("agent", [
        item("agent", {
          agent_native_id: random.pick(people.slice(0, 3)),
          hired_on: random.pick([hired ?? null, null]),
          left_on: random.pick([left ?? null, null]),
          effective_at: random.pick([null, instant(random)]),
        }),
      ]);
    },
    "a backdated zone": (random) =>
      load("agent", [
        item(
          "agent",
          {
            agent_native_id: random.pick(people.slice(0, 3)),
            zone: random.pick(zones),
            effective_at: instant(random) - random.below(3) * 24 * hour,
          },
          random.below(5) === 0,
        ),
      ]),
    "a challenge": (random) => {
      const startsAt = instant(random);
      const endsAt = random.pick([null, startsAt + (1 + random.below(10 * 24)) * hour]);
      return load("challenge", [
        item("challenge", { challenge_native_id: random.pick(["c1", "c2"]), starts_at: startsAt, ends_at: endsAt }, random.below(4) === 0),
      ]);
    },
    "a challenge's status": (random) =>
      load("challenge_status", [
        item(
          "challenge_status",
          {
            challenge_native_id: random.pick(["c1", "c2"]),
            effective_at: firstInstant + random.below(10) * 24 * hour,
            status: random.pick(["active", "paused", "expired", "retired"]),
          },
          random.below(4) === 0,
        ),
      ]),
    "a queue": (random) =>
      load("queue", [
        item("queue", { queue_native_id: random.pick(["sales", "service"]), name: `name ${random.below(3)}` }, random.below(4) === 0),
      ]),
    "a setting": (random) =>
      syncSettings(
        deps,
        random.pick([
          { day_start: "04:00" },
          { day_start: "00:00" },
          { "source_zone.csv:one": random.pick(zones) },
          { decay_half_life_days: random.pick(["7", "3"]) },
        ]),
      ).then(() => warehouse.release()),
    "an identity rule": (random) => syncSettings(deps, { identity: random.pick(["self", "mapped"]) }).then(() => warehouse.release()),
    "a link": (random) =>
      load(
        "identity",
        [
          item(
            "identity",
            {
              source_system: "csv:one",
              agent_native_id: random.pick(people),
              effective_at: firstInstant + random.below(5) * 24 * hour,
              agent_id: random.pick(["person-1", "person-2"]),
              method: "manual",
            },
            random.below(5) === 0,
          ),
        ],
        "csv:links",
      ),
    "time zone rules": async (random) => {
      await commitInput(deps, { kind: "zone_offset", offsets: newYork(random.below(2) * hour) }, [
        { from: Date.parse("2024-11-03T05:00:00Z"), to: Date.parse("2024-11-03T08:00:00Z") },
      ]);
      await warehouse.release();
    },
  };

  return {
    file,
    deps,
    loadInteractions,
    /** One answered call of ann's at a given instant, in a batch of its own. */
    loadCall: (id: string, startedAt: number) =>
      load("interaction", [
        item("interaction", {
          interaction_id: id,
          agent_native_id: "ann",
          segment_id: "0",
          queue_native_id: "sales",
          channel: "voice",
          started_at: startedAt,
          entered_at: startedAt,
          ended_at: startedAt + 60_000,
          talk_ms: 60_000,
          handle_ms: 60_000,
          outcome: "answered",
        }),
      ]),
    async begin(random: Random) {
      await warehouse.createTables();
      await syncSettings(deps, { organisation_zone: "Asia/Kolkata", day_start: "00:00" });
      await commitInput(deps, { kind: "zone_offset", offsets: [...newYork(0), ...kolkata] }, [
        { from: Date.parse("1900-01-01T00:00:00Z"), to: Date.parse("9999-01-01T00:00:00Z") },
      ]);
      for (let round = 0; round < 2; round++)
        for (const act of ["interactions", "events", "shifts", "a backdated zone"]) await acts[act]?.(random);
    },
    async act(random: Random): Promise<string> {
      const act = random.pick(["interactions", "interactions", "events", "events", ...Object.keys(acts)]);
      await acts[act]?.(random);
      return act;
    },
  };
}

function newYork(laterBy: number) {
  const changesAt = Date.parse("2024-11-03T06:00:00Z") + laterBy;
  return [
    offset("America/New_York", "1900-01-01T00:00:00Z", changesAt, -4 * 3600),
    offset("America/New_York", changesAt, "9999-01-01T00:00:00Z", -5 * 3600),
  ];
}

const kolkata = [offset("Asia/Kolkata", "1900-01-01T00:00:00Z", "9999-01-01T00:00:00Z", 19_800)];

function offset(zone: string, from: string | number, to: string | number, offsetSeconds: number) {
  return { zone, startsAt: new Date(from).getTime(), endsAt: new Date(to).getTime(), offsetSeconds, tzVersion: "test" };
}

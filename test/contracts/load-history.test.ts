import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { addTotals, doTotalsAddUp, noTotals } from "../../src/domain/load/batch-totals.ts";
import type { Archive } from "../../src/ports/archive.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import { readOf, recordItem } from "../support/item-read.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-history-"));
const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
const archive = openParquetArchive({ path: join(folder, "archive") });
const clock = { now: () => 0 };
const runs = process.env.GAMI_CHAOS === "full" ? 100 : 12;

afterAll(async () => {
  await warehouse.close();
  await archive.close();
  rmSync(folder, { recursive: true });
});

/** One version of one of a few interactions, as a source sends it. */
interface Sent {
  readonly id: string;
  readonly talk: number;
  /** Update time in days; null where the source has none. */
  readonly revised: number | null;
  readonly isDeleted: boolean;
}

interface Version {
  readonly content: string;
  readonly revised: number | null;
  readonly isDeleted: boolean;
  readonly talk: number;
}

/** The rule of storage.md section 1 in its plainest words, one record after another. */
function followVersions(sent: readonly Sent[]) {
  const keys = new Map<string, { kept: Version[]; current: Version | null; latest: number }>();
  for (const { id, talk, revised, isDeleted } of sent) {
    const state = keys.get(id) ?? { kept: [], current: null, latest: Number.NEGATIVE_INFINITY };
    keys.set(id, state);
    const content = isDeleted ? `deleted ${revised}` : `${talk} ${revised}`;
    const isSame = state.current?.content === content || (revised !== null && state.kept.some((version) => version.content === content));
    if (isSame) continue;
    const version = { content, revised, isDeleted, talk };
    state.kept.push(version);
    if (revised === null || revised >= state.latest) state.current = version;
    if (revised !== null) state.latest = Math.max(state.latest, revised);
  }
  return [...keys]
    .map(([id, { kept, current }]) => ({
      id,
      versions: kept.length,
      talk: current?.isDeleted === true ? null : (current?.talk ?? null),
      isDeleted: current?.isDeleted ?? false,
      revision: current === null ? 0 : kept.indexOf(current) + 1,
    }))
    .sort((one, other) => one.id.localeCompare(other.id));
}

async function readVersions(source: string) {
  const rows = await warehouse.rows(
    `select interaction_id as id, count(*) as versions,
        max(case when superseded_seq is null and not is_deleted then talk_ms end) as talk,
        max(case when superseded_seq is null then is_deleted end) as is_deleted,
        max(case when superseded_seq is null then revision end) as revision,
        count(*) filter (superseded_seq is null) as open_versions
     from raw.csv_interaction where source = $1 group by interaction_id order by interaction_id`,
    [source],
  );
  expect(rows.every((row) => row.open_versions === 1)).toBe(true);
  return rows.map((row) => ({ id: row.id, versions: row.versions, talk: row.talk, isDeleted: row.is_deleted, revision: row.revision }));
}

const sentRecord = fc.record({
  id: fc.constantFrom("a", "b", "c"),
  talk: fc.integer({ min: 1, max: 3 }),
  revised: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 3 }),
  isDeleted: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
});

function itemOf({ id, talk, revised, isDeleted }: Sent, place: number) {
  return recordItem(
    "interaction",
    String(place),
    {
      interaction_id: id,
      agent_native_id: "ann",
      segment_id: "0",
      talk_ms: isDeleted ? null : talk,
      handle_ms: isDeleted ? null : talk,
      source_updated_at: revised === null ? null : revised * 86_400_000,
    },
    isDeleted,
  );
}

type FaultyStep = "before archive" | "before commit" | "after commit" | "after settle";

/** Stores that break once, at the given batch and step. */
function breakAt(step: FaultyStep, batch: number): { readonly warehouse: Warehouse; readonly archive: Archive } {
  let left = batch;
  const crash = (here: FaultyStep) => {
    if (here === step && left-- === 0) throw new Error(`crashed ${step}`);
  };
  return {
    warehouse: {
      ...warehouse,
      async commit(batches) {
        crash("before commit");
        const totals = await warehouse.commit(batches);
        crash("after commit");
        return totals;
      },
    },
    archive: {
      ...archive,
      async write(spool, draft) {
        crash("before archive");
        return archive.write(spool, draft);
      },
      async settle(manifest, totals) {
        await archive.settle(manifest, totals);
        crash("after settle");
      },
    },
  };
}

let sources = 0;

test("[D3] any split into batches, any crash and any repetition gives the same versions, and totals that add up", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sentRecord, { minLength: 1, maxLength: 14 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(
        fc.record({
          step: fc.constantFrom<FaultyStep>("before archive", "before commit", "after commit", "after settle"),
          batch: fc.nat(3),
        }),
        {
          maxLength: 2,
        },
      ),
      async (sent, batchRecords, crashes) => {
        sources += 1;
        const source = `csv:h${sources}`;
        const read = readOf(sent.map(itemOf), { source, chunk: 3 });
        for (const { step, batch } of crashes) {
          await loadRead({ ...breakAt(step, batch), clock }, read, { batchRecords }).catch((error: unknown) => {
            expect(String(error)).toContain("crashed");
          });
        }
        const { totals } = await loadRead({ warehouse, archive, clock }, read, { batchRecords });
        expect(doTotalsAddUp(totals)).toBe(true);
        expect(totals.received).toBe(sent.length);
        const again = await loadRead({ warehouse, archive, clock }, read, { batchRecords });
        expect(again.totals).toMatchObject({ new: 0, changed: 0, received: sent.length });
        expect(await readVersions(source)).toEqual(followVersions(sent));
        const stored = (await warehouse.batches()).filter((batch) => batch.source === source);
        const sum = stored.map((batch) => batch.totals).reduce(addTotals, noTotals);
        expect(sum.received).toBe(sent.length);
        expect(sum.new + sum.changed).toBe(followVersions(sent).reduce((count, key) => count + key.versions, 0));
        expect(stored.map(({ seq }) => seq)).toEqual([...new Set(stored.map(({ seq }) => seq))]);
      },
    ),
    { numRuns: runs, seed: 20_260_102 },
  );
}, 600_000);

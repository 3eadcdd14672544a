import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { prepareForModels } from "../../src/app/ingest/prepare-for-models.ts";
import { rebuildWarehouse } from "../../src/app/ingest/rebuild-warehouse.ts";
import { retryQuarantine } from "../../src/app/ingest/retry-quarantine.ts";
import { verifyWarehouse } from "../../src/app/ingest/verify-warehouse.ts";
import { agentId } from "../../src/domain/business-key.ts";
import { ChecksFailedError, LockHeldError, StoppedError } from "../../src/errors.ts";
import type { Archive } from "../../src/ports/archive.ts";
import type { SourceItem } from "../../src/ports/source.ts";
import type { QuarantinedRecord, Row, Warehouse } from "../../src/ports/warehouse.ts";
import { readOf, recordItem } from "../support/item-read.ts";

/** One warehouse with its archive; `another` is a second process's view of the same warehouse. */
export interface WarehouseFixture {
  readonly warehouse: Warehouse;
  readonly archive: Archive;
  another(): Warehouse;
  close(): Promise<void>;
}

const clock = { now: () => Date.parse("2026-01-02T03:04:05.000Z") };
const instant = (text: string) => Date.parse(text);

interface CallColumns {
  readonly id?: string;
  readonly agent?: string | null;
  readonly at?: string;
  readonly talk?: number;
  readonly updated?: string | null;
}

let place = 0;
function call({ id = "c1", agent = "ann", at = "2024-05-01T10:00:00Z", talk = 60_000, updated = null }: CallColumns = {}): SourceItem {
  place += 1;
  return recordItem("interaction", String(place), {
    interaction_id: id,
    agent_native_id: agent,
    segment_id: "0",
    entered_at: instant(at),
    started_at: instant(at),
    talk_ms: talk,
    handle_ms: talk,
    outcome: "answered",
    source_updated_at: updated === null ? null : instant(updated),
  });
}

/** What every warehouse adapter must do (storage.md sections 1, 2 and 5). */
export function describeWarehouse(name: string, open: () => Promise<WarehouseFixture>, { isHere = true } = {}): void {
  // An emulator answers a statement after a tenth of a second, and a rebuilding is a thousand of them.
  describe.runIf(isHere)(name, { timeout: 600_000 }, () => {
    let fixture: WarehouseFixture;
    let sources = 0;
    const deps = () => ({ warehouse: fixture.warehouse, archive: fixture.archive, clock });
    /** Each test has a source of its own, so that one warehouse serves them all. */
    const newSource = () => {
      sources += 1;
      return `csv:contract${sources}`;
    };
    const load = (source: string, items: readonly SourceItem[], options = {}) => loadRead(deps(), readOf(items, { source }), options);
    const versions = (source: string): Promise<Row[]> =>
      fixture.warehouse.rows(
        `select interaction_id, revision, talk_ms, seq - (select min(seq) from raw.csv_interaction where source = $1) as nth,
            superseded_seq - (select min(seq) from raw.csv_interaction where source = $1) as superseded_nth, is_deleted
         from raw.csv_interaction where source = $1 order by interaction_id, revision`,
        [source],
      );
    const quarantined = async (source: string) => {
      const all: QuarantinedRecord[] = [];
      for await (const records of fixture.warehouse.quarantined({ source })) all.push(...records);
      return all;
    };
    const changeLog = (source: string): Promise<Row[]> =>
      fixture.warehouse.rows(
        "select subject_id, from_at, to_at from meta.change_log where source = $1 order by seq, subject_id nulls last, from_at",
        [source],
      );

    /** Every row of a table, in an order that all warehouses share. */
    const allOf = async (table: string) =>
      (await fixture.warehouse.rows(`select * from ${table}`)).map((row) => JSON.stringify(row)).sort();

    beforeAll(async () => {
      fixture = await open();
    });
    afterAll(() => fixture.close());

    // First, while there is little to make again.
    test("rebuilding with another mapper keeps numbers and times and says what today's mapper says", async () => {
      const source = newSource();
      await load(source, [call({ id: "m1" }), call({ id: "m2" })]);
      await load(newSource(), [call({ id: "kept" })]);
      const before = (await fixture.warehouse.batches()).filter((batch) => batch.source === source);
      const map = ({ place: line, payload }: { readonly place: string; readonly payload: string }): SourceItem => {
        const { interaction_id: id } = JSON.parse(payload);
        return { ...call({ id, talk: 777 }), place: line, payload };
      };
      const findRemapper = async (name: string) =>
        name === source ? { map: (row: Parameters<typeof map>[0]) => [map(row)], mapperVersion: "mapper-2", datedBy: null } : null;
      expect(await rebuildWarehouse(fixture, { findRemapper })).toMatchObject({ batches: 2, remapped: 1 });
      expect(await versions(source)).toMatchObject([
        { interaction_id: "m1", talk_ms: 777, revision: 1 },
        { interaction_id: "m2", talk_ms: 777, revision: 1 },
      ]);
      const after = (await fixture.warehouse.batches()).filter((batch) => batch.source === source);
      expect(after.map(({ seq, recordedAt, totals }) => ({ seq, recordedAt, totals }))).toEqual(
        before.map(({ seq, recordedAt, totals }) => ({ seq, recordedAt, totals })),
      );
      expect((await verifyWarehouse(fixture)).findings).toEqual([]);
    });

    test("[T12] a batch tells new, changed, unchanged and duplicate records apart, and its totals add up", async () => {
      const source = newSource();
      await load(source, [call({ id: "a" }), call({ id: "b" })]);
      const { totals } = await load(source, [
        call({ id: "a" }),
        call({ id: "b", talk: 61_000 }),
        call({ id: "c" }),
        call({ id: "c" }),
        { kind: "filtered", place: "9", payload: "[]" },
        { kind: "reject", place: "10", payload: "[1]", reject: { reason: "not_a_number", field: "talk", value: "x" } },
      ]);
      expect(totals).toEqual({ received: 6, new: 1, changed: 1, unchanged: 1, duplicate: 1, filtered: 1, quarantined: 1 });
    });

    test("a superseded version is closed by the batch that superseded it and stays as it was", async () => {
      const source = newSource();
      await load(source, [call({ talk: 1000 })]);
      await load(source, [call({ talk: 2000 })]);
      expect(await versions(source)).toEqual([
        { interaction_id: "c1", revision: 1, talk_ms: 1000, nth: 0, superseded_nth: 1, is_deleted: false },
        { interaction_id: "c1", revision: 2, talk_ms: 2000, nth: 1, superseded_nth: null, is_deleted: false },
      ]);
    });

    test("[T16] an older revision that comes late is born closed and never current", async () => {
      const source = newSource();
      await load(source, [call({ talk: 2000, updated: "2024-05-02T00:00:00Z" })]);
      const { totals } = await load(source, [call({ talk: 1000, updated: "2024-05-01T00:00:00Z" })]);
      expect(totals).toMatchObject({ changed: 1, unchanged: 0 });
      expect(await versions(source)).toMatchObject([
        { talk_ms: 2000, nth: 0, superseded_nth: null },
        { talk_ms: 1000, nth: 1, superseded_nth: 1 },
      ]);
      const { totals: repeated } = await load(source, [call({ talk: 1000, updated: "2024-05-01T00:00:00Z" }), call({ id: "other" })]);
      expect(repeated).toMatchObject({ new: 1, unchanged: 1, changed: 0 });
    });

    test("one key several times in a batch becomes consecutive revisions of which the last is current", async () => {
      const source = newSource();
      const { totals } = await load(source, [call({ talk: 1 }), call({ talk: 2 }), call({ talk: 2 }), call({ talk: 1 })]);
      expect(totals).toMatchObject({ received: 4, new: 1, changed: 2, duplicate: 1 });
      expect(await versions(source)).toMatchObject([
        { revision: 1, talk_ms: 1, superseded_nth: 0 },
        { revision: 2, talk_ms: 2, superseded_nth: 0 },
        { revision: 3, talk_ms: 1, superseded_nth: null },
      ]);
    });

    test("a deletion closes the record, counts as changed, and a record may come back", async () => {
      const source = newSource();
      const key = { interaction_id: "c1", agent_native_id: "ann", segment_id: "0" };
      await load(source, [call()]);
      expect((await load(source, [recordItem("interaction", "1", key, true)])).totals).toMatchObject({ changed: 1, new: 0 });
      expect((await load(source, [recordItem("interaction", "2", key, true)])).totals).toMatchObject({ unchanged: 1 });
      expect((await load(source, [call({ talk: 5 })])).totals).toMatchObject({ changed: 1, new: 0 });
      expect((await versions(source)).map(({ is_deleted }) => is_deleted)).toEqual([false, true, false]);
    });

    test("the change log names the old and the new agent and both days", async () => {
      const source = newSource();
      await load(source, [
        call({ id: "m", agent: null, at: "2024-05-01T10:00:00Z" }),
        call({ id: "x", agent: "ann", at: "2024-05-01T10:00:00Z" }),
      ]);
      await load(source, [call({ id: "x", agent: "ann", at: "2024-05-07T10:00:00Z" })]);
      const ann = agentId(source, "ann");
      expect(await changeLog(source)).toEqual([
        { subject_id: ann, from_at: "2024-05-01T10:00:00.000Z", to_at: "2024-05-01T10:00:00.000Z" },
        { subject_id: null, from_at: "2024-05-01T10:00:00.000Z", to_at: "2024-05-01T10:00:00.000Z" },
        { subject_id: ann, from_at: "2024-05-01T10:00:00.000Z", to_at: "2024-05-01T10:00:00.000Z" },
        { subject_id: ann, from_at: "2024-05-07T10:00:00.000Z", to_at: "2024-05-07T10:00:00.000Z" },
      ]);
    });

    test("a refused record stands in quarantine with reason, field, value and payload", async () => {
      const source = newSource();
      const bad = call({ talk: -5 });
      const result = await load(source, [call({ id: "fine" }), bad]);
      expect(result.totals).toMatchObject({ new: 1, quarantined: 1 });
      expect(result.rejects).toMatchObject([{ reason: "negative_duration", field: "talk_ms", count: 1 }]);
      const held = await quarantined(source);
      expect(held).toMatchObject([{ place: bad.place, reason: "negative_duration", field: "talk_ms", value: "-5", payload: bad.payload }]);
    });

    test("text with tabs, line ends, quotes, separators, zero bytes and emoji comes back as it was", async () => {
      const source = newSource();
      const odd = "a\tb\r\nc\x1fd\"e'f\\g\u0000h 🦄 ñ";
      const payload = JSON.stringify({ odd });
      await loadRead(
        deps(),
        readOf([{ ...recordItem("queue", "1", { queue_native_id: "q", name: odd, channel: "" }), payload }], {
          source,
          streams: ["queue"],
        }),
      );
      const rows = await fixture.warehouse.rows("select name, channel, complexity_milli from raw.csv_queue where source = $1", [source]);
      expect(rows).toEqual([{ name: odd, channel: "", complexity_milli: null }]);
    });

    test("a result comes by column as it comes by row, and what is null is no number", async () => {
      const sql = "select 1 as n, 'one' as word, 2 as gap union all select 2 as n, 'two' as word, nullif(1, 1) as gap order by n";
      const found: unknown[] = [];
      for await (const { rowCount, numbers, value } of fixture.warehouse.columns(sql)) {
        found.push([rowCount, [...numbers("n")], [...numbers("gap")], value("word", 0), value("word", 1), value("gap", 1)]);
        expect(() => numbers("nope")).toThrow(RangeError);
      }
      expect(found).toEqual([[2, [1, 2], [2, Number.NaN], "one", "two", null]]);
    });

    test("streams of one read are committed together", async () => {
      const source = newSource();
      const items = [
        call({ id: "a" }),
        recordItem("evaluation", "2", {
          evaluation_id: "e1",
          interaction_id: "a",
          agent_native_id: "ann",
          score_milli: 80_000,
          max_score_milli: 100_000,
        }),
      ];
      const result = await loadRead(deps(), readOf(items, { source, streams: ["interaction", "evaluation"] }));
      expect(result.batches.map(({ stream }) => stream)).toEqual(["interaction", "evaluation"]);
      expect(result.totals).toMatchObject({ received: 2, new: 2 });
    });

    test("[T32] the zones in use get their offsets over the range of the data, and a changed zone logs all time", async () => {
      const source = newSource();
      await loadRead(deps(), readOf([call({ id: "zoned" })], { source, zone: "Asia/Jerusalem" }));
      const settings = { organisation_zone: "Europe/Berlin", currency: "EUR" };
      expect((await prepareForModels(deps(), settings)).changedZones).toContain("Asia/Jerusalem");
      const offsets = await fixture.warehouse.zoneOffsets();
      expect(new Set(offsets.map(({ zone }) => zone))).toEqual(new Set(["Asia/Jerusalem", "Europe/Berlin"]));
      expect(await prepareForModels(deps(), settings)).toEqual({ changedSettings: [], changedZones: [] });
      const logged = async (stream: string) =>
        fixture.warehouse.rows("select from_at, to_at from meta.change_log where source = 'gami' and stream = $1", [stream]);
      const before = (await logged("setting")).length;
      await prepareForModels(deps(), { ...settings, currency: "USD" });
      expect((await logged("setting")).length).toBe(before);
      await prepareForModels(deps(), { ...settings, currency: "USD", organisation_zone: "Europe/Paris" });
      expect((await logged("setting")).at(-1)).toEqual({ from_at: "1900-01-01T00:00:00.000Z", to_at: "9999-01-01T00:00:00.000Z" });
      expect((await logged("zone_offset")).length).toBeGreaterThan(0);
    });

    test("quarantined records that pass under a corrected mapping are taken in once", async () => {
      const source = newSource();
      const unread: SourceItem[] = [1, 2, 3].map((number) => ({
        kind: "reject",
        place: String(number),
        payload: JSON.stringify({ number }),
        reject: { reason: "bad_date", field: "at", value: "?" },
      }));
      await load(source, unread);
      const map = ({ place: line, payload }: { readonly place: string; readonly payload: string }): SourceItem =>
        line === "3"
          ? { kind: "reject", place: line, payload, reject: { reason: "bad_date", field: "at", value: "?" } }
          : { ...call({ id: `r${line}` }), place: line, payload };
      const findRemapper = async () => ({ map: (row: Parameters<typeof map>[0]) => [map(row)], mapperVersion: "mapper-2", datedBy: null });
      expect(await retryQuarantine(deps(), { source, findRemapper, isDryRun: true })).toMatchObject({
        tried: 3,
        takenIn: 2,
        totals: { received: 0 },
      });
      expect(await retryQuarantine(deps(), { source, findRemapper })).toMatchObject({
        tried: 3,
        takenIn: 2,
        stillRefused: 1,
        totals: { new: 2 },
      });
      expect(await retryQuarantine(deps(), { source, findRemapper })).toMatchObject({ tried: 1, takenIn: 0 });
      const counts = (await fixture.warehouse.quarantineCounts()).filter((count) => count.source === source);
      expect(counts).toMatchObject([{ reason: "bad_date", records: 1, firstPlace: "3" }]);
    });

    test("refused records are listed in the order of their lines, 9 before 10", async () => {
      const source = newSource();
      const unread = [12, 100, 9, 10].map(
        (number): SourceItem => ({
          kind: "reject",
          place: String(number),
          payload: "{}",
          reject: { reason: "bad_date", field: "at", value: "?" },
        }),
      );
      await load(source, unread);
      const places: string[] = [];
      for await (const chunk of fixture.warehouse.quarantined({ source })) places.push(...chunk.map(({ place: line }) => line));
      expect(places).toEqual(["9", "10", "12", "100"]);
      const counts = (await fixture.warehouse.quarantineCounts()).filter((count) => count.source === source);
      expect(counts).toMatchObject([{ records: 4, firstPlace: "9" }]);
    });

    test("one operational store owns the warehouse; the owner changes only for whoever knows it", async () => {
      const { warehouse } = fixture;
      expect(await warehouse.owner()).toBeNull();
      const [mine, other] = [
        { stateStoreId: "a".repeat(32), epoch: 1 },
        { stateStoreId: "b".repeat(32), epoch: 1 },
      ];
      await warehouse.setOwner(mine, null);
      await expect(warehouse.setOwner(other, null)).rejects.toThrow(LockHeldError);
      await expect(warehouse.setOwner(other, { ...mine, epoch: 2 })).rejects.toThrow(LockHeldError);
      expect(await fixture.another().owner()).toEqual(mine);
      await warehouse.setOwner({ ...mine, epoch: 2 }, mine);
      expect(await warehouse.owner()).toEqual({ ...mine, epoch: 2 });
    });

    // The tests after it run on what it made.
    test("everything loaded verifies, and rebuilding from the archive gives the same tables with the same numbers and the same owner", async () => {
      expect((await verifyWarehouse(fixture)).findings).toEqual([]);
      const picture = async () => ({
        content: await fixture.warehouse.contentHash({ versions: true }),
        batches: await fixture.warehouse.batches(),
        cursors: (await fixture.warehouse.cursors())
          .filter(({ seq }) => seq > 0)
          .map(({ fence, ...cursor }) => ({ ...cursor, hasFence: fence > 0 })),
        changeLog: await allOf("meta.change_log"),
        quarantine: await allOf("meta.quarantine"),
        retried: await allOf("meta.quarantine_retry"),
        settings: await fixture.warehouse.settings(),
        owner: await fixture.warehouse.owner(),
        offsets: await fixture.warehouse.zoneOffsets(),
      });
      const before = await picture();
      const result = await rebuildWarehouse(fixture);
      expect(result.batches).toBe(before.batches.length);
      expect(before.owner).not.toBeNull();
      const after = await picture();
      // Neither the reset of a cursor nor a read that found nothing is a batch: their positions are not in the archive.
      const withoutReset = ({ cursors, ...rest }: typeof before) => ({
        ...rest,
        cursors: cursors.filter(({ stream }) => stream !== "survey"),
      });
      expect(withoutReset(after)).toEqual(withoutReset(before));
      expect((await verifyWarehouse(fixture)).findings).toEqual([]);
      const source = newSource();
      expect((await load(source, [call()])).totals).toMatchObject({ new: 1 });
    });

    test("a repeated read adds nothing, not even a batch", async () => {
      const source = newSource();
      const items = [call({ id: "a" }), call({ id: "b" })];
      const first = await load(source, items);
      const before = await fixture.warehouse.contentHash({ versions: true });
      const second = await load(source, items);
      expect(second.totals).toEqual({ ...first.totals, new: 0, unchanged: 2 });
      expect(second.batches).toMatchObject([{ isKnown: true, seq: first.batches[0]?.seq }]);
      expect(await fixture.warehouse.contentHash({ versions: true })).toBe(before);
    });

    test("'again' loads a known batch as a new one, in which everything is unchanged", async () => {
      const source = newSource();
      const items = [call({ id: "a" })];
      await load(source, items);
      const again = await load(source, items, { again: true });
      expect(again.totals).toMatchObject({ unchanged: 1, new: 0 });
      expect(again.batches).toMatchObject([{ isKnown: false }]);
    });

    test("a record over a megabyte is quarantined by its hash and its beginning", async () => {
      const source = newSource();
      const large: SourceItem = { ...call(), payload: JSON.stringify("ä".repeat(600_000)) };
      expect((await load(source, [large])).totals).toMatchObject({ quarantined: 1 });
      const [held] = await quarantined(source);
      expect(held).toMatchObject({ reason: "record_too_large", value: expect.stringMatching(/^sha256 [0-9a-f]{64}$/) });
      expect(held?.payload?.length).toBeLessThan(4097);
    });

    test("a record of nearly a megabyte that needs every quote is loaded, one that grows past two megabytes is refused", async () => {
      const source = newSource();
      const long = "\x1f".repeat(250_000);
      const near = { ...recordItem("queue", "1", { queue_native_id: "q1", name: long }), payload: "\x1f".repeat(1_000_000) };
      const grown = {
        ...recordItem("queue", "2", { queue_native_id: "q2", name: "n".repeat(1_100_000), channel: "c".repeat(1_100_000) }),
        payload: "[]",
      };
      const { totals } = await loadRead(deps(), readOf([near, grown], { source, streams: ["queue"] }));
      expect(totals).toMatchObject({ new: 1, quarantined: 1 });
      expect(await fixture.warehouse.rows("select name from raw.csv_queue where source = $1", [source])).toEqual([{ name: long }]);
    });

    test("a run that was overtaken before its commit fails, is to be tried again, and has written nothing", async () => {
      const source = newSource();
      const woken = Promise.withResolvers<void>();
      const stopped = Promise.withResolvers<void>();
      const sleeper: Warehouse = {
        ...fixture.warehouse,
        commit: async (batches) => {
          stopped.resolve();
          await woken.promise;
          return fixture.warehouse.commit(batches);
        },
      };
      const zombie = loadRead({ ...deps(), warehouse: sleeper }, readOf([call({ id: "z", talk: 1 })], { source }));
      zombie.catch(() => undefined);
      await stopped.promise;
      await loadRead({ ...deps(), warehouse: fixture.another() }, readOf([call({ id: "z", talk: 2 })], { source }));
      const before = await fixture.warehouse.contentHash({ versions: true });
      const batches = await fixture.warehouse.batches();
      woken.resolve();
      await expect(zombie).rejects.toThrow(LockHeldError);
      await expect(zombie).rejects.toMatchObject({ retry: "later", code: "FENCED_OFF" });
      expect(await fixture.warehouse.contentHash({ versions: true })).toBe(before);
      expect(await fixture.warehouse.batches()).toEqual(batches);
      expect((await load(source, [call({ id: "z", talk: 1 })])).totals).toMatchObject({ changed: 1 });
    });

    test("a batch whose file does not hold what it should is rolled back whole", async () => {
      const source = newSource();
      const liar: Warehouse = {
        ...fixture.warehouse,
        commit: (batches) => fixture.warehouse.commit(batches.map((batch) => ({ ...batch, received: batch.received + 1 }))),
      };
      const before = await fixture.warehouse.contentHash({ versions: true });
      await expect(loadRead({ ...deps(), warehouse: liar }, readOf([call()], { source }))).rejects.toThrow(ChecksFailedError);
      expect(await fixture.warehouse.contentHash({ versions: true })).toBe(before);
      expect((await load(source, [call()])).totals).toMatchObject({ new: 1 });
    });

    test("a commit whose answer was lost is settled by looking for its batch", async () => {
      const source = newSource();
      const items = [call({ id: "a" })];
      const cut: Warehouse = {
        ...fixture.warehouse,
        commit: async (batches) => {
          await fixture.warehouse.commit(batches);
          throw new Error("the connection broke");
        },
      };
      await expect(loadRead({ ...deps(), warehouse: cut }, readOf(items, { source }))).rejects.toThrow("the connection broke");
      const pending = await fixture.archive.pending(source, "interaction");
      expect(pending.filter((manifest) => manifest.source === source)).toHaveLength(1);
      const { totals, batches } = await load(source, items);
      expect(totals).toMatchObject({ received: 1, new: 0, unchanged: 1 });
      expect(batches).toMatchObject([{ isKnown: true }]);
      const left = await fixture.archive.pending(source, "interaction");
      expect(left.filter((manifest) => manifest.source === source)).toHaveLength(0);
    });

    test("a stop finishes the batch in hand, and the next run ends as one clean run", async () => {
      const items = Array.from({ length: 50 }, (_, index) => call({ id: `s${index}` }));
      const stop = new AbortController();
      const options = {
        batchRecords: 10,
        signal: stop.signal,
        onProgress: () => stop.abort(new StoppedError("SIGTERM", { code: "STOPPED" })),
      };
      const source = newSource();
      await expect(load(source, items, options)).rejects.toThrow(StoppedError);
      const loaded = (await fixture.warehouse.batches()).filter((batch) => batch.source === source);
      expect(loaded.length).toBeGreaterThan(0);
      expect(loaded.length).toBeLessThan(5);
      const { totals } = await load(source, items, { batchRecords: 10 });
      expect(totals).toMatchObject({ received: 50, new: 50 - loaded.length * 10, unchanged: loaded.length * 10 });
    });

    test("a backfill leaves the position where it was, and a reset forgets it", async () => {
      const source = newSource();
      const positionOf = async () => (await fixture.warehouse.cursors()).find(({ stream }) => stream === "survey")?.position;
      const survey = (id: string) => recordItem("survey", id, { survey_id: id, agent_native_id: "ann" });
      await loadRead(deps(), readOf([survey("1")], { source, streams: ["survey"], position: () => '{"until":"2024"}' }));
      expect(await positionOf()).toBe('{"until":"2024"}');
      await loadRead(deps(), readOf([survey("2")], { source, streams: ["survey"] }));
      expect(await positionOf()).toBe('{"until":"2024"}');
      await fixture.warehouse.resetCursor(source, "survey");
      expect(await positionOf()).toBeNull();
    });

    test("a read that finds nothing still moves the position of its streams, unless it was overtaken", async () => {
      const source = newSource();
      const positions = async () =>
        (await fixture.warehouse.cursors()).filter(({ stream }) => stream === "badge" || stream === "cost").map(({ position }) => position);
      const empty = (position: string) => readOf([], { source, streams: ["badge", "cost"], position: () => position });
      const nothing = (position: string) => ({
        ...empty(position),
        async *items() {
          yield [];
        },
      });
      expect((await loadRead(deps(), nothing("one"))).totals).toMatchObject({ received: 0 });
      expect(await positions()).toEqual(["one", "one"]);
      const overtaken = {
        ...nothing("two"),
        async *items() {
          await fixture.warehouse.claim(source, ["cost"]);
          yield [];
        },
      };
      await expect(loadRead(deps(), overtaken)).rejects.toThrow(LockHeldError);
      expect(await positions()).toEqual(["one", "one"]);
    });

    test("a warehouse that stands behind its archive takes nothing in until it is rebuilt", async () => {
      const source = newSource();
      await load(source, [call({ id: "lost" })]);
      const archive: Archive = { ...fixture.archive, lastSeq: async () => 1_000_000 };
      const before = await fixture.warehouse.batches();
      await expect(loadRead({ ...deps(), archive }, readOf([call({ id: "next" })], { source }))).rejects.toMatchObject({
        code: "WAREHOUSE_BEHIND_ARCHIVE",
        hint: expect.stringContaining("gami warehouse rebuild"),
      });
      expect(await fixture.warehouse.batches()).toEqual(before);
    });

    test("rebuilding from an archive that holds nothing leaves nothing, and the numbers begin again", async () => {
      const rebuild = await fixture.warehouse.rebuild();
      await rebuild.finish();
      expect(await fixture.warehouse.batches()).toEqual([]);
      expect((await fixture.warehouse.cursors()).filter(({ seq, position }) => seq > 0 || position !== null)).toEqual([]);
      expect(await fixture.warehouse.dataRange()).toBeNull();
      expect(await fixture.warehouse.rows("select count(*) as n from raw.csv_interaction")).toEqual([{ n: 0 }]);
    });
  });
}

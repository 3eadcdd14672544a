import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedgerArchive } from "../../src/adapters/archive/ledger/segments.ts";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { prepareForModels } from "../../src/app/ingest/prepare-for-models.ts";
import { exportLedger } from "../../src/app/state/export-ledger.ts";
import { agentId } from "../../src/domain/business-key.ts";
import { canonicalContent, type MilestoneDefinition, ruleHashOf } from "../../src/domain/recognise/definition.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import type { Row } from "../../src/ports/warehouse.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { allEntries, anEntry, aPlan, awardKey } from "../support/decision-plans.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { aMilestone } from "../support/milestones.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

const gold = aMilestone({ id: "aht-gold", name: "Quick and good", tier: { name: "gold", rank: 3 } });
const harder: MilestoneDefinition = { ...gold, goal: { ...gold.goal, thresholdMilli: 220_000 } };
const versionOf = (definition: MilestoneDefinition) => ({
  kind: "milestone" as const,
  definitionId: definition.id,
  ruleHash: ruleHashOf(definition),
  content: canonicalContent(definition),
  validFrom: Date.parse(definition.valid.from),
  validTo: null,
});
const [ann, bob] = [agentId("csv:test", "ann"), agentId("csv:test", "bob")];
/** 23:50 of 15 January in New York, 13:50 of the 16th in Tokyo. */
const earned = Date.parse("2024-01-16T04:50:00Z");

describe.runIf(requireOrSkip("python"))("the ledger in the warehouse", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-ledger-"));
  let now = Date.parse("2024-01-17T05:00:00Z");
  const clock = { now: () => now };
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  const archive = openParquetArchive({ path: join(folder, "archive") });
  const server = startDbtServer(dbtEnvironment() ?? "", join(folder, "target"));
  const stores = { warehouse, archive, clock, ledgerArchive: openLedgerArchive({ path: join(folder, "archive") }) };
  let state: StateStore;

  beforeAll(async () => {
    state = await openSqliteStore({ path: join(folder, "gami.sqlite"), clock });
    const agents = [
      recordItem("agent", "1", { agent_native_id: "ann", zone: "America/New_York", is_active: true }),
      recordItem("agent", "2", { agent_native_id: "bob", zone: "Asia/Tokyo", is_active: true }),
    ];
    await loadRead(stores, readOf(agents, { streams: ["agent"] }));
  });
  afterAll(async () => {
    await server.close();
    await warehouse.close();
    await archive.close();
    await state.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function exportAndBuild() {
    const report = await exportLedger({ ...stores, store: state.decisions, keeping: state.keeping });
    await prepareForModels(stores, { organisation_zone: "UTC", identity: "self" });
    await warehouse.release();
    // Tests that look at other models too are the whole build's.
    const selection = [
      "--select",
      "+fct_award",
      "+fct_points",
      "+dim_agent",
      "--indirect-selection",
      "cautious",
      "--exclude-resource-type",
      "unit_test",
    ];
    await server.run(join(folder, "gami.duckdb"), "build", ...selection);
    return report;
  }
  /** The awards of the mart, in the words of the ledger. */
  async function awardsInMart(): Promise<Row[]> {
    return warehouse.rows(`
      select award_key, entry_no::integer as entry_no, agent_id::varchar as agent_id, definition_id, period_id, tier, action, commit_state, rule_hash, reason,
        epoch_ms(timestamp_utc) as occurred_at, epoch_ms(posted_at) as posted_at
      from marts.fct_award order by award_key, entry_no`);
  }
  async function awardsInLedger(): Promise<Row[]> {
    const entries = await allEntries(state.decisions, { kind: "award" });
    return entries
      .map(({ awardKey: award_key, entryNo: entry_no, subjectId, ...entry }) => ({
        award_key,
        entry_no,
        agent_id: subjectId,
        definition_id: entry.definitionId,
        period_id: entry.periodId,
        tier: entry.tier,
        action: entry.action,
        commit_state: entry.commitState,
        rule_hash: entry.ruleHash,
        reason: entry.reason,
        occurred_at: entry.occurredAt,
        posted_at: entry.postedAt,
      }))
      .toSorted((one, other) =>
        one.award_key === other.award_key ? one.entry_no - other.entry_no : one.award_key < other.award_key ? -1 : 1,
      );
  }

  test("[D1] fct_award is the ledger's awards, entry for entry, each on the agent's own day and with the definition it was granted by", async () => {
    await state.decisions.commit(
      aPlan({
        definitions: [versionOf(gold)],
        entries: [
          anEntry(ann, 1, { ruleHash: ruleHashOf(gold), occurredAt: earned }),
          anEntry(bob, 1, { ruleHash: ruleHashOf(gold), occurredAt: earned }),
          anEntry(ann, 1, { kind: "points", awardKey: awardKey(ann, "points"), amount: 15_000n, unit: "points_milli", occurredAt: earned }),
        ],
      }),
    );
    now += 1_000;
    await state.decisions.commit(
      aPlan({
        runId: "run-2",
        definitions: [versionOf(harder)],
        entries: [
          anEntry(bob, 2, { action: "reverse", amount: -1n, ruleHash: ruleHashOf(gold), occurredAt: earned, reason: "late data" }),
          anEntry("contest-7", 1, {
            kind: "adjustment",
            awardKey: awardKey("contest-7", "adjust"),
            definitionId: "adjust",
            amount: 1_500n,
            unit: "multiplier_milli",
            evidence: JSON.stringify({ nativeId: "contest-7", source: "genesys" }),
          }),
        ],
      }),
    );
    const report = await exportAndBuild();
    expect(report).toMatchObject({ ledgerSeq: 5, totals: { received: 7, new: 7, quarantined: 0 } });

    expect(await awardsInMart()).toEqual(await awardsInLedger());
    expect(
      await warehouse.rows(
        "select agent_id::varchar as agent, sum(award_count)::integer as awards, min(work_date)::varchar as day from marts.fct_award group by all order by day",
      ),
    ).toEqual([
      { agent: ann, awards: 1, day: "2024-01-15" },
      { agent: bob, awards: 0, day: "2024-01-16" },
    ]);
    expect(
      await warehouse.rows(
        `select count(*)::integer as entries from marts.fct_award join marts.dim_milestone using (milestone_key) join marts.dim_agent using (agent_key)
         where threshold = 240 and milestone_name = 'Quick and good'`,
      ),
    ).toEqual([{ entries: 3 }]);
    expect(await warehouse.rows("select agent_id::varchar as agent, points::double as points from marts.fct_points")).toEqual([
      { agent: ann, points: 15 },
    ]);
    expect(
      await warehouse.rows(
        "select kind, agent_id, challenge_native_id, challenge_source, amount::integer as amount from raw.gami_ledger_entry where kind = 'adjustment'",
      ),
    ).toEqual([{ kind: "adjustment", agent_id: null, challenge_native_id: "contest-7", challenge_source: "genesys", amount: 1_500 }]);
  }, 300_000);

  test("[D1] dim_milestone keeps every version of a definition, and no two hold at once", async () => {
    const versions = await warehouse.rows(
      "select rule_hash, threshold, epoch_ms(valid_from) as valid_from, epoch_ms(valid_to) as valid_to from marts.dim_milestone order by valid_from",
    );
    const [first, second] = await state.decisions.definitions("milestone");
    expect(versions).toEqual([
      { rule_hash: ruleHashOf(gold), threshold: 240, valid_from: first?.validFrom, valid_to: second?.recordedAt },
      { rule_hash: ruleHashOf(harder), threshold: 220, valid_from: second?.recordedAt, valid_to: Date.parse("9999-01-01T00:00:00Z") },
    ]);
  });

  test("an export with nothing new writes nothing; the next one brings what was added since", async () => {
    const batches = (await warehouse.batches()).length;
    expect(await exportLedger({ ...stores, store: state.decisions, keeping: state.keeping })).toMatchObject({
      ledgerSeq: 5,
      totals: { received: 0 },
      batches: [],
    });
    expect(await warehouse.batches()).toHaveLength(batches);
    await state.decisions.commit(
      aPlan({ runId: "run-3", entries: [anEntry(bob, 3, { action: "grant", ruleHash: ruleHashOf(harder), occurredAt: earned })] }),
    );
    expect(await exportAndBuild()).toMatchObject({ ledgerSeq: 6, totals: { received: 1, new: 1 } });
    expect(await awardsInMart()).toEqual(await awardsInLedger());
  }, 300_000);

  test("a forgotten cursor exports all of it again, and nothing changes", async () => {
    await warehouse.resetCursor("gami", "ledger_entry");
    expect(await exportLedger({ ...stores, store: state.decisions, keeping: state.keeping })).toMatchObject({
      ledgerSeq: 6,
      totals: { received: 8, new: 0, changed: 0, unchanged: 8 },
    });
  });

  test("another store is refused, and so is a ledger that ends before what the warehouse holds: it lost entries", async () => {
    const other = await openSqliteStore({ path: join(folder, "other.sqlite"), clock });
    await other.decisions.commit(aPlan({ entries: [anEntry(ann)] }));
    await expect(exportLedger({ ...stores, store: other.decisions, keeping: other.keeping })).rejects.toMatchObject({
      code: "OTHER_STORE",
    });
    const { id, epoch } = state.decisions;
    const shorter = { store: { ...other.decisions, id, epoch }, keeping: other.keeping };
    // The archive is lost too: it would have told the other store before the warehouse does.
    const ledgerArchive = openLedgerArchive({ path: join(folder, "other-archive") });
    await expect(exportLedger({ ...stores, ...shorter, ledgerArchive })).rejects.toMatchObject({ code: "LEDGER_BEHIND_WAREHOUSE" });
    await other.close();
  });
});

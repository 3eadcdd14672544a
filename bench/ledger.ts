// Transactions per second of the operational store (one award: ledger entry, decision and message), against the bare store doing the
// same inserts, on SQLite and on PostgreSQL, in one run: npx node bench/ledger.ts [transactions, default 2000] [awards in each, default 1]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Client } from "pg";
import { openPostgresStore } from "../src/adapters/state/postgres/store.ts";
import { openSqliteStore } from "../src/adapters/state/sqlite/store.ts";
import type { StateStore } from "../src/ports/state-store.ts";
import { aDecision, aMessage, anEntry, aPlan } from "../test/support/decision-plans.ts";
import { postgresPrograms, startPostgres } from "../test/support/postgres.ts";

const transactions = Number(process.argv[2] ?? 2_000);
const awards = Number(process.argv[3] ?? 1);
const folder = mkdtempSync(join(tmpdir(), "gami-bench-ledger-"));
const clock = { now: () => Date.now() };
const rounds = 5;

const namesOf = (round: number, at: number) => Array.from({ length: awards }, (_, one) => `agent ${round}.${at}.${one}`);

/** What one award is, as the two statements' values: the same for both sides. */
function valuesOf(name: string) {
  const entry = anEntry(name);
  const decision = aDecision(name, 10, { verdict: "met" });
  const message = aMessage(name);
  return { entry, decision, message };
}

async function throughGami(store: StateStore, round: number): Promise<number> {
  const began = performance.now();
  for (let at = 0; at < transactions; at++) {
    const parts = namesOf(round, at).map(valuesOf);
    await store.decisions.commit(
      aPlan({
        entries: parts.map(({ entry }) => entry),
        decisions: parts.map(({ decision }) => decision),
        messages: parts.map(({ message }) => message),
      }),
    );
  }
  return transactions / ((performance.now() - began) / 1000);
}

/** Into the tables gami itself made: the same indexes and triggers on both sides. */
const columns = {
  ledger:
    "seq award_key entry_no kind action subject_id definition_id period_id rule_hash tier amount unit commit_state occurred_at reason evidence posted_at run_id commit_no",
  decisions: "definition_id subject_id period_id rule_hash verdict commit_state decided_as_of since evidence commit_no",
  outbox: "id idempotency_key host kind subject_id priority payload state attempts enqueued_at next_attempt_at fence commit_no",
} as const;
const tables = ["ledger", "decisions", "outbox"] as const;
const insertInto = (table: (typeof tables)[number], mark: (place: number) => string) => {
  const names = columns[table].split(" ");
  return `insert into ${table} (${names.join(", ")}) values (${names.map((_, place) => mark(place + 1)).join(", ")})`;
};

/** The three rows of one award, as values. */
function rowsOf(name: string, seq: number): Record<(typeof tables)[number], (string | number | bigint | null)[]> {
  const { entry: e, decision: d, message: m } = valuesOf(name);
  const now = clock.now();
  const entry = [seq, e.awardKey, e.entryNo, e.kind, e.action, e.subjectId, e.definitionId, e.periodId, e.ruleHash, e.tier, e.amount];
  return {
    ledger: [...entry, e.unit, e.commitState, e.occurredAt, e.reason, e.evidence, now, "run-1", seq],
    decisions: [
      d.definitionId,
      d.subjectId,
      d.periodId,
      d.ruleHash,
      d.verdict,
      d.commitState,
      d.decidedAsOf,
      d.decidedAsOf,
      d.evidence,
      seq,
    ],
    outbox: [seq, m.idempotencyKey, m.host, m.kind, m.subjectId, m.priority, m.payload, "pending", 0, now, now, 0, seq],
  };
}

async function bareSqlite(db: DatabaseSync, round: number): Promise<number> {
  const statements = tables.map((table) => db.prepare(insertInto(table, () => "?")));
  let seq = round * transactions * awards;
  const began = performance.now();
  for (let at = 0; at < transactions; at++) {
    db.exec("begin immediate");
    for (const name of namesOf(round, at)) {
      seq += 1;
      const rows = rowsOf(name, seq);
      for (const [index, table] of tables.entries()) statements[index]?.run(...rows[table]);
    }
    db.exec("commit");
  }
  return transactions / ((performance.now() - began) / 1000);
}

async function barePostgres(client: Client, round: number): Promise<number> {
  const sql = tables.map((table) => ({ table, name: `bare ${table}`, text: insertInto(table, (place) => `$${place}`) }));
  let seq = round * transactions * awards;
  const began = performance.now();
  for (let at = 0; at < transactions; at++) {
    await client.query("begin");
    for (const name of namesOf(round, at)) {
      seq += 1;
      const rows = rowsOf(name, seq);
      for (const { table, ...statement } of sql)
        await client.query({ ...statement, values: rows[table].map((value) => (typeof value === "bigint" ? String(value) : value)) });
    }
    await client.query("commit");
  }
  return transactions / ((performance.now() - began) / 1000);
}

/** One after the other and again, so that what else the machine does falls on both; the median of each. */
async function compare(name: string, mine: (round: number) => Promise<number>, bare: (round: number) => Promise<number>): Promise<void> {
  const rates = { mine: [0], bare: [0] };
  rates.mine = [];
  rates.bare = [];
  for (let round = 0; round < rounds; round++) {
    rates.mine.push(await mine(round));
    rates.bare.push(await bare(round));
  }
  const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
  const [own, floor] = [median(rates.mine), median(rates.bare)];
  process.stdout.write(
    `${name}: ${own.toFixed(0)} transactions/s of ${awards} ${awards === 1 ? "award" : "awards"}, bare ${floor.toFixed(0)}: ${(own / floor).toFixed(2)} (goal 0.5)\n`,
  );
}

try {
  const sqlite = await openSqliteStore({ path: join(folder, "gami.sqlite"), clock });
  await (await openSqliteStore({ path: join(folder, "bare.sqlite"), clock })).close();
  const bare = new DatabaseSync(join(folder, "bare.sqlite"));
  bare.exec("pragma journal_mode = wal; pragma synchronous = full");
  await compare(
    "SQLite",
    (round) => throughGami(sqlite, round),
    (round) => bareSqlite(bare, round),
  );
  await sqlite.close();
  bare.close();
  if (postgresPrograms() === null) process.stdout.write("PostgreSQL: not installed here\n");
  else {
    const cluster = await startPostgres({ isDurable: true });
    try {
      const store = await openPostgresStore({ url: cluster.url, schema: "gami", clock });
      await (await openPostgresStore({ url: cluster.url, schema: "bare", clock })).close();
      const client = new Client({ connectionString: cluster.url, options: "-c search_path=bare" });
      await client.connect();
      await compare(
        "PostgreSQL",
        (round) => throughGami(store, round),
        (round) => barePostgres(client, round),
      );
      await client.end();
      await store.close();
    } finally {
      cluster.stop();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

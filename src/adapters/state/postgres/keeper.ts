import type { KeptRow, Standing, StateKeeper } from "../../../ports/state-keeper.ts";
import { chunked, keptChunkRows, keptRow, selectSql, tablesInOrder } from "../kept-sql.ts";
import { type KeptTable, keptTable, keptTables } from "../kept-tables.ts";
import type { Session, Sessions } from "./driver.ts";
import { storedVersion } from "./migrate.ts";
import { insertMany } from "./rows.ts";

export function postgresKeeper({ transact, snapshot }: Sessions, schema: string): StateKeeper {
  return {
    standing: () => transact((session) => readStanding(session, schema)),
    rows: (tables) =>
      snapshot(async function* (session) {
        for (const table of tablesInOrder(tables)) yield* byCursor(session, table);
      }),
    ledger: ({ afterSeq }) => bySeq(transact, "ledger", afterSeq),
    async *chain({ afterSeq }) {
      for await (const rows of bySeq(transact, "ledger_chain", afterSeq))
        yield rows.map(({ row }) => ({ seq: Number(row.seq), hash: String(row.hash) }));
    },
    async *commits({ after, until }) {
      // Each table by itself, so that a lost connection costs one question: what was committed stays as it is.
      for (const table of keptTables.filter(({ isArchived }) => isArchived)) {
        const sql = selectSql(table, "commit_no > $1 and commit_no <= $2");
        const { rows } = await transact((session) => session.query(sql, [after, until]));
        yield* chunked(rows.map((row) => postgresRow(table, row)));
      }
    },
    async markArchived(commitNo) {
      await transact((session) => session.query("update store set archived_commit = greatest(archived_commit, $1)", [commitNo]));
    },
    extendChain: (after, links) =>
      transact(async (session) => {
        await session.query("select pg_advisory_xact_lock(hashtext($1))", [`gami chain ${schema}`]);
        const { rows } = await session.query("select hash from ledger_chain order by seq desc limit 1");
        if ((rows[0]?.hash ?? null) !== (after?.hash ?? null)) return false;
        await insertMany(session, {
          table: "ledger_chain",
          columns: { seq: "bigint", hash: "text" },
          rows: links.map(({ seq, hash }) => [seq, hash]),
          keyOf: ([seq]) => String(seq),
          conflict: "",
        });
        return true;
      }),
  };
}

export async function readStanding(session: Session, schema: string): Promise<Standing> {
  const one = async (sql: string) => (await session.query(sql)).rows;
  const [store] = await one("select id, epoch, commit_no, ledger_seq, archived_commit from store");
  const [chain] = await one("select seq, hash from ledger_chain order by seq desc limit 1");
  const epochs = await one("select epoch, first_commit from epochs order by epoch");
  return {
    storeId: String(store?.id),
    epoch: Number(store?.epoch),
    epochs: epochs.map((row) => ({ epoch: Number(row.epoch), firstCommit: Number(row.first_commit) })),
    schemaVersion: await storedVersion(session, schema),
    commitNo: Number(store?.commit_no),
    archivedCommit: Number(store?.archived_commit),
    ledgerSeq: Number(store?.ledger_seq),
    chain: chain === undefined ? null : { seq: Number(chain.seq), hash: String(chain.hash) },
  };
}

async function* bySeq(transact: Sessions["transact"], name: string, afterSeq: number): AsyncIterable<readonly KeptRow[]> {
  const table = keptTable(name);
  const sql = `${selectSql(table, "seq > $1")} limit ${keptChunkRows}`;
  for (let after = afterSeq; ; ) {
    const { rows } = await transact((session) => session.query(sql, [after]));
    const kept = rows.map((row) => postgresRow(table, row));
    if (kept.length > 0) yield kept;
    if (kept.length < keptChunkRows) return;
    after = Number(kept.at(-1)?.row.seq);
  }
}

async function* byCursor(session: Session, table: KeptTable, condition?: string): AsyncIterable<readonly KeptRow[]> {
  await session.query(`declare kept cursor for ${selectSql(table, condition)}`);
  for (;;) {
    const { rows } = await session.query(`fetch ${keptChunkRows} from kept`);
    if (rows.length > 0) yield rows.map((row) => postgresRow(table, row));
    if (rows.length < keptChunkRows) break;
  }
  await session.query("close kept");
}

/** The driver gives 64-bit integers as text: they become numbers where they fit, as SQLite gives them. */
function postgresRow(table: KeptTable, raw: Readonly<Record<string, unknown>>): KeptRow {
  const exact = Object.fromEntries(
    table.columns.map((column) => [
      column,
      typeof raw[column] === "string" && table.integers.includes(column) ? BigInt(String(raw[column])) : raw[column],
    ]),
  );
  return keptRow(table, exact);
}

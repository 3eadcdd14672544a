import { DatabaseSync } from "node:sqlite";
import type { KeptRow, Standing, StateKeeper } from "../../../ports/state-keeper.ts";
import { chunked, keptChunkRows, keptRow, selectSql, tablesInOrder } from "../kept-sql.ts";
import { keptTable, keptTables } from "../kept-tables.ts";
import { storedVersion } from "./migrations.ts";
import type { Transact } from "./transact.ts";

type Read = <T>(work: (db: DatabaseSync) => T) => T;

export function sqliteKeeper(path: string, transact: Transact, read: Read): StateKeeper {
  return {
    standing: async () => read(readStanding),
    rows: (tables) => readRows(path, read, tables),
    ledger: ({ afterSeq }) => bySeq(read, "ledger", afterSeq),
    async *chain({ afterSeq }) {
      for await (const rows of bySeq(read, "ledger_chain", afterSeq))
        yield rows.map(({ row }) => ({ seq: Number(row.seq), hash: String(row.hash) }));
    },
    async *commits({ after, until }) {
      for (const table of keptTables.filter(({ isArchived }) => isArchived)) {
        const sql = selectSql(table, "commit_no > ? and commit_no <= ?");
        yield* chunked(read((db) => prepareExact(db, sql).all(after, until)).map((row) => keptRow(table, row)));
      }
    },
    async markArchived(commitNo) {
      transact((db) => db.prepare("update store set archived_commit = max(archived_commit, ?)").run(commitNo));
    },
    async extendChain(after, links) {
      return transact((db) => {
        const last = db.prepare("select seq, hash from ledger_chain order by seq desc limit 1").get();
        if ((last?.hash ?? null) !== (after?.hash ?? null)) return false;
        const insert = db.prepare("insert into ledger_chain (seq, hash) values (?, ?)");
        for (const { seq, hash } of links) insert.run(seq, hash);
        return true;
      });
    },
  };
}

export function readStanding(db: DatabaseSync): Standing {
  const store = db.prepare("select id, epoch, commit_no, ledger_seq, archived_commit from store").get();
  const chain = db.prepare("select seq, hash from ledger_chain order by seq desc limit 1").get();
  return {
    storeId: String(store?.id),
    epoch: Number(store?.epoch),
    epochs: db
      .prepare("select epoch, first_commit from epochs order by epoch")
      .all()
      .map((row) => ({ epoch: Number(row.epoch), firstCommit: Number(row.first_commit) })),
    schemaVersion: storedVersion(db),
    commitNo: Number(store?.commit_no),
    archivedCommit: Number(store?.archived_commit),
    ledgerSeq: Number(store?.ledger_seq),
    chain: chain === undefined ? null : { seq: Number(chain.seq), hash: String(chain.hash) },
  };
}

async function* bySeq(read: Read, name: string, afterSeq: number): AsyncIterable<readonly KeptRow[]> {
  const table = keptTable(name);
  const sql = `${selectSql(table, "seq > ?")} limit ${keptChunkRows}`;
  for (let after = afterSeq; ; ) {
    const rows = read((db) => prepareExact(db, sql).all(after)).map((row) => keptRow(table, row));
    if (rows.length > 0) yield rows;
    if (rows.length < keptChunkRows) return;
    after = Number(rows.at(-1)?.row.seq);
  }
}

/** Through a connection of its own, so that others may go on writing while the rows stay those of one instant. */
async function* readRows(path: string, read: Read, tables: readonly string[] | undefined): AsyncIterable<readonly KeptRow[]> {
  const db = read(() => new DatabaseSync(path, { readOnly: true, timeout: 10_000 }));
  try {
    read(() => db.exec("begin"));
    for (const table of tablesInOrder(tables)) {
      const rows = read(() => prepareExact(db, selectSql(table)).iterate());
      let chunk: KeptRow[] = [];
      for (;;) {
        const next = read(() => rows.next());
        if (next.done === true) break;
        chunk.push(keptRow(table, next.value));
        if (chunk.length < keptChunkRows) continue;
        yield chunk;
        chunk = [];
      }
      if (chunk.length > 0) yield chunk;
    }
  } finally {
    db.close();
  }
}

/** Amounts may pass 2^53. */
function prepareExact(db: DatabaseSync, sql: string) {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}

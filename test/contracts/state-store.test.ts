import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll } from "vitest";
import { beginSqliteRestore } from "../../src/adapters/state/sqlite/restore.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { decisionStoreContract } from "./decision-store.contract.ts";
import { stateKeeperContract } from "./state-keeper.contract.ts";
import { type StateStoreAdapter, stateStoreContract } from "./state-store.contract.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-state-"));
let round = 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sqlite: StateStoreAdapter = {
  name: "SQLite",
  open: (clock) => openSqliteStore({ path: join(folder, `${round}.sqlite`), clock }),
  reset: async () => {
    round += 1;
  },
  beginRestore: (clock) => beginSqliteRestore({ path: join(folder, `${round}.sqlite`), clock }),
  async tamper(statements) {
    const db = new DatabaseSync(join(folder, `${round}.sqlite`));
    const triggers = db.prepare("select name, sql from sqlite_master where type = 'trigger'").all();
    for (const { name } of triggers) db.exec(`drop trigger ${name}`);
    for (const sql of statements) db.exec(sql);
    for (const { sql } of triggers) db.exec(String(sql));
    db.close();
  },
  async tableNames() {
    const db = new DatabaseSync(join(folder, `${round}.sqlite`));
    const names = db
      .prepare("select name from sqlite_master where type = 'table'")
      .all()
      .map(({ name }) => String(name));
    db.close();
    return names;
  },
};

stateStoreContract(sqlite);
decisionStoreContract(sqlite);
stateKeeperContract(sqlite);

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { decisionStoreContract } from "./decision-store.contract.ts";
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
};

stateStoreContract(sqlite);
decisionStoreContract(sqlite);

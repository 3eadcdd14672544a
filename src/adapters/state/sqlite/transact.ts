import type { DatabaseSync } from "node:sqlite";

/** Runs `work` inside one `begin immediate` transaction: what it reads cannot change before it commits. */
export type Transact = <T>(work: (db: DatabaseSync) => T) => T;

import type { DatabaseSync } from "node:sqlite";
import type { StateStore } from "../../../ports/state-store.ts";
import type { Transact } from "./transact.ts";

/** Holds ciphertext only: the key never comes near the store. */
export function sqliteTokens(transact: Transact, read: <T>(work: (db: DatabaseSync) => T) => T): StateStore["tokens"] {
  return {
    async read(name) {
      const row = read((db) => db.prepare("select sealed, issued_at, expires_at from tokens where name = ?").get(name));
      return row === undefined ? null : { sealed: String(row.sealed), issuedAt: Number(row.issued_at), expiresAt: Number(row.expires_at) };
    },
    async write(name, { sealed, issuedAt, expiresAt }) {
      transact((db) =>
        db
          .prepare(
            `insert into tokens (name, sealed, issued_at, expires_at) values (:name, :sealed, :issued, :expires)
             on conflict (name) do update set sealed = excluded.sealed, issued_at = excluded.issued_at, expires_at = excluded.expires_at`,
          )
          .run({ name, sealed, issued: issuedAt, expires: expiresAt }),
      );
    },
  };
}

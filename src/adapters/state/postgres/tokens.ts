import type { StateStore } from "../../../ports/state-store.ts";
import type { Sessions } from "./driver.ts";

/** Holds ciphertext only: the key never comes near the store. */
export function postgresTokens({ transact }: Sessions): StateStore["tokens"] {
  return {
    async read(name) {
      const { rows } = await transact((session) =>
        session.query("select sealed, issued_at, expires_at from tokens where name = $1", [name]),
      );
      const [row] = rows;
      return row === undefined ? null : { sealed: String(row.sealed), issuedAt: Number(row.issued_at), expiresAt: Number(row.expires_at) };
    },
    async write(name, { sealed, issuedAt, expiresAt }) {
      await transact((session) =>
        session.query(
          `insert into tokens (name, sealed, issued_at, expires_at) values ($1, $2, $3, $4)
           on conflict (name) do update set sealed = excluded.sealed, issued_at = excluded.issued_at, expires_at = excluded.expires_at`,
          [name, sealed, issuedAt, expiresAt],
        ),
      );
    },
  };
}

import type { Clock } from "../../../ports/clock.ts";
import type { KeptRow, StateRestore } from "../../../ports/state-keeper.ts";
import { insertOf } from "../kept-sql.ts";
import type { PostgresConfig } from "./config.ts";
import { openSessions } from "./driver.ts";
import { readStanding } from "./keeper.ts";
import { migrate } from "./migrate.ts";

/** A store is made in a schema beside the one in use, and takes its name when it is whole; the old schema is kept under another one. */
export async function beginPostgresRestore({ clock, ...config }: PostgresConfig & { readonly clock: Clock }): Promise<StateRestore> {
  const { schema } = config;
  const fresh = `${schema}_restoring`;
  const outside = await openSessions(config);
  await outside.transact((session) => session.query(`drop schema if exists ${fresh} cascade`));
  const sessions = await openSessions({ ...config, schema: fresh });
  await sessions.transact((session) => migrate(session, fresh, clock.now()));
  const write = (rows: readonly KeptRow[]) =>
    sessions.transact(async (session) => {
      for (const row of rows) {
        const { sql, values } = insertOf(row, (place) => `$${place}`);
        await session.query(sql, values);
      }
    });
  const close = async () => {
    await sessions.close();
    await outside.close();
  };
  return {
    write,
    replay: write,
    standing: () => sessions.transact((session) => readStanding(session, fresh)),
    async finish({ storeId, epoch, commitNo, archivedCommit, heldBecause }) {
      await sessions.transact(async (session) => {
        await session.query(
          `update store set id = $1, epoch = $2, commit_no = $3, archived_commit = $4,
             ledger_seq = coalesce((select max(seq) from ledger), 0), message_id = greatest(message_id, coalesce((select max(id) from outbox), 0))`,
          [storeId, epoch.epoch, commitNo, archivedCommit],
        );
        await session.query("insert into epochs (epoch, first_commit) values ($1, $2) on conflict (epoch) do nothing", [
          epoch.epoch,
          epoch.firstCommit,
        ]);
        await session.query(
          `update outbox set state = 'held', last_answer = $1, claimed_by = null, claimed_until = null, fence = fence + 1
           where state in ('pending', 'in_flight')`,
          [heldBecause],
        );
      });
      const stamp = new Date(clock.now()).toISOString().replace(/\D/g, "").slice(0, 14);
      const aside = `${schema}_before_${stamp}`;
      const hadOne = await outside.transact(async (session) => {
        const { rows } = await session.query("select 1 from pg_namespace where nspname = $1", [schema]);
        const again = await session.query("select 1 from pg_namespace where nspname = $1", [fresh]);
        // Done already, and the answer was lost with the connection.
        if (again.rows.length === 0) return true;
        if (rows.length > 0) await session.query(`alter schema ${schema} rename to ${aside}`);
        await session.query(`alter schema ${fresh} rename to ${schema}`);
        return rows.length > 0;
      });
      await close();
      return hadOne ? `schema ${aside}` : null;
    },
    async abandon() {
      await outside.transact((session) => session.query(`drop schema if exists ${fresh} cascade`)).catch(() => undefined);
      await close().catch(() => undefined);
    },
  };
}

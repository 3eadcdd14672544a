import type { StateStore } from "../../../ports/state-store.ts";
import { jsonOrNull, runColumns, toRun } from "../run-rows.ts";
import type { Sessions } from "./driver.ts";

export function postgresRuns({ transact }: Sessions): StateStore["runs"] {
  return {
    async start({ id, command, argv, startedAt, host, pid }) {
      await transact((session) =>
        session.query(
          `insert into runs (id, command, argv, started_at, status, host, pid) values ($1, $2, $3, $4, 'running', $5, $6)
           on conflict (id) do nothing`,
          [id, command, JSON.stringify(argv), startedAt, host, pid],
        ),
      );
    },
    async end(id, { endedAt, status, exitCode, totals, error }) {
      await transact((session) =>
        session.query(
          "update runs set ended_at = $1, status = $2, exit_code = $3, totals = $4, error = $5 where id = $6 and status = 'running'",
          [endedAt, status, exitCode, jsonOrNull(totals), jsonOrNull(error), id],
        ),
      );
    },
    async list({ limit, command, status }) {
      const { rows } = await transact((session) =>
        session.query(
          `select ${runColumns} from runs where ($1::text is null or command = $1) and ($2::text is null or status = $2)
           order by started_at desc, id desc limit $3`,
          [command ?? null, status ?? null, limit],
        ),
      );
      return rows.map(toRun);
    },
    async find(id) {
      const { rows } = await transact((session) => session.query(`select ${runColumns} from runs where id = $1`, [id]));
      return rows[0] === undefined ? null : toRun(rows[0]);
    },
  };
}

import type { Clock } from "../../../ports/clock.ts";
import type { StateStore } from "../../../ports/state-store.ts";
import { leaseLost, toLease } from "../lease-rows.ts";
import type { Sessions } from "./driver.ts";

const columns = "name, holder, fence, expires_at, heartbeat_at";

/** Every decision is one conditional statement, so that two processes can never both win. */
export function postgresLeases({ transact }: Sessions, clock: Clock): StateStore["leases"] {
  return {
    async acquire({ name, holder, durationMs }) {
      const now = clock.now();
      const { rows } = await transact((session) =>
        session.query(
          `insert into leases (${columns}) values ($1, $2, 1, $3, $4)
           on conflict (name) do update set
               fence = leases.fence + case when leases.holder is distinct from excluded.holder or leases.expires_at <= $4 then 1 else 0 end,
               holder = excluded.holder, expires_at = excluded.expires_at, heartbeat_at = excluded.heartbeat_at
           where leases.holder is null or leases.holder = excluded.holder or leases.expires_at <= $4
           returning ${columns}`,
          [name, holder, now + durationMs, now],
        ),
      );
      return rows[0] === undefined ? null : toLease(rows[0]);
    },
    async renew({ name, holder, fence }, durationMs) {
      const now = clock.now();
      const { rows } = await transact((session) =>
        session.query(
          `update leases set expires_at = $1, heartbeat_at = $2 where name = $3 and holder = $4 and fence = $5 returning ${columns}`,
          [now + durationMs, now, name, holder, fence],
        ),
      );
      if (rows[0] === undefined) throw leaseLost(name);
      return toLease(rows[0]);
    },
    async release({ name, holder, fence }) {
      await transact((session) =>
        session.query("update leases set holder = null, expires_at = $1 where name = $2 and holder = $3 and fence = $4", [
          clock.now(),
          name,
          holder,
          fence,
        ]),
      );
    },
    async list() {
      const { rows } = await transact((session) => session.query(`select ${columns} from leases where holder is not null order by name`));
      return rows.map(toLease);
    },
  };
}

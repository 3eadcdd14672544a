import type { Clock } from "../../../ports/clock.ts";
import type { StateStore } from "../../../ports/state-store.ts";
import { leaseLost, toLease } from "../lease-rows.ts";
import type { Transact } from "./transact.ts";

/** Every decision is one conditional statement inside a transaction, so that two processes can never both win. */
export function sqliteLeases(transact: Transact, clock: Clock): StateStore["leases"] {
  return {
    async acquire({ name, holder, durationMs }) {
      const now = clock.now();
      const row = transact((db) =>
        db
          .prepare(
            `insert into leases (name, holder, fence, expires_at, heartbeat_at) values (:name, :holder, 1, :expires, :now)
             on conflict (name) do update set
                 fence = fence + (holder is not excluded.holder or expires_at <= :now),
                 holder = excluded.holder, expires_at = excluded.expires_at, heartbeat_at = excluded.heartbeat_at
             where holder is null or holder = excluded.holder or expires_at <= :now
             returning name, holder, fence, expires_at, heartbeat_at`,
          )
          .get({ name, holder, expires: now + durationMs, now }),
      );
      return row === undefined ? null : toLease(row);
    },
    async renew({ name, holder, fence }, durationMs) {
      const now = clock.now();
      const row = transact((db) =>
        db
          .prepare(
            `update leases set expires_at = :expires, heartbeat_at = :now where name = :name and holder = :holder and fence = :fence
             returning name, holder, fence, expires_at, heartbeat_at`,
          )
          .get({ name, holder, fence, expires: now + durationMs, now }),
      );
      if (row === undefined) throw leaseLost(name);
      return toLease(row);
    },
    async release({ name, holder, fence }) {
      transact((db) =>
        db
          .prepare("update leases set holder = null, expires_at = ? where name = ? and holder = ? and fence = ?")
          .run(clock.now(), name, holder, fence),
      );
    },
    async list() {
      return transact((db) =>
        db
          .prepare("select name, holder, fence, expires_at, heartbeat_at from leases where holder is not null order by name")
          .all()
          .map(toLease),
      );
    },
  };
}

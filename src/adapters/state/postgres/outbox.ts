import type { DecisionStore } from "../../../ports/decision-store.ts";
import { messageColumns, settled, toClaimedMessage, toCount, toMessage } from "../decision-rows.ts";
import type { Sessions } from "./driver.ts";

const isDue = "(o.state = 'pending' and o.next_attempt_at <= $2) or (o.state = 'in_flight' and o.claimed_until <= $2)";
/** Only what the archive holds may be told: a store restored from a backup must find all that went out. */
const isArchived = "o.commit_no <= (select archived_commit from store)";
/** An earlier message of the same subject that must go first, or any of its that is on its way. */
const isKeptBack = `exists (
    select 1 from outbox as e
    where e.host = o.host and e.subject_id = o.subject_id and e.id <> o.id and e.state in ('pending', 'in_flight', 'held')
        and (
            (e.state = 'in_flight' and (e.id < o.id or e.claimed_until > $2))
            or (e.id < o.id and (e.state = 'held' or (e.state = 'pending' and (e.not_before is null or e.not_before <= $2))))
        )
)`;

export function postgresOutbox(transact: Sessions["transact"]): DecisionStore["outbox"] {
  return {
    async claim({ host, limit, holder, leaseMs, now }) {
      const { rows } = await transact(async (session) => {
        // Claims for one host come one after another: each sees what the one before it took.
        await session.query("select pg_advisory_xact_lock(hashtext($1))", [`gami claim ${host}`]);
        return session.query(
          `update outbox set state = 'in_flight', attempts = attempts + 1, fence = fence + 1, claimed_by = $3, claimed_until = $4
           where id in (
               select o.id from outbox as o
               where o.host = $1 and o.state in ('pending', 'in_flight') and (${isDue}) and ${isArchived} and not ${isKeptBack}
               order by o.priority desc, o.id limit $5
           )
           returning ${messageColumns}`,
          [host, now, holder, now + leaseMs, limit],
        );
      });
      return rows.map(toClaimedMessage).sort((a, b) => b.priority - a.priority || a.id - b.id);
    },
    async settle(message, settlement, now) {
      const { id, fence, kind, host, subjectId, version } = message;
      const { state, nextAttemptAt, settledAt, attemptsTaken } = settled(message, settlement, now);
      let tries = 0;
      return transact(async (session) => {
        tries += 1;
        const { rowCount } = await session.query(
          `update outbox set state = $1, last_answer = $2, next_attempt_at = $3, settled_at = $4, attempts = attempts - $5,
               claimed_by = null, claimed_until = null
           where id = $6 and fence = $7 and state = 'in_flight'`,
          [state, settlement.answer, nextAttemptAt, settledAt, attemptsTaken, id, fence],
        );
        if (rowCount === 0) {
          // The answer of the commit may have been lost with the connection, and this be the second try of the very same settlement.
          const { rows } = await session.query("select 1 from outbox where id = $1 and fence = $2 and state = $3 and settled_at = $4", [
            id,
            fence,
            state,
            now,
          ]);
          return settledAt !== null && tries > 1 && rows.length > 0;
        }
        if (kind === "flair" && version !== null && (settlement.kind === "delivered" || settlement.kind === "duplicate")) {
          await session.query(
            `update flair_versions set delivered_version = greatest(coalesce(delivered_version, 0), $1), delivered_at = $2
             where host = $3 and agent_id = $4 and version >= $1`,
            [version, now, host, subjectId],
          );
        }
        return true;
      });
    },
    async list({ host, state, subjectId, limit }) {
      const { rows } = await transact((session) =>
        session.query(
          `select ${messageColumns} from outbox
           where ($1::text is null or host = $1) and ($2::text is null or state = $2) and ($3::text is null or subject_id = $3)
           order by id desc limit $4`,
          [host ?? null, state ?? null, subjectId ?? null, limit],
        ),
      );
      return rows.map(toMessage);
    },
    async find(idempotencyKeys) {
      const { rows } = await transact((session) =>
        session.query(`select ${messageColumns} from outbox where idempotency_key = any($1::text[]) order by id`, [idempotencyKeys]),
      );
      return rows.map(toMessage);
    },
    async counts() {
      const { rows } = await transact((session) =>
        session.query("select host, state, count(*) as messages from outbox group by host, state order by host, state"),
      );
      return rows.map(toCount);
    },
    async replay(ids, now) {
      const { rowCount } = await transact((session) =>
        session.query(
          `update outbox set state = 'pending', attempts = 0, enqueued_at = $1, next_attempt_at = greatest($1, not_before), settled_at = null
           where state in ('dead', 'held') and ($2::bigint[] is null or id = any($2))`,
          [now, ids === "all" ? null : ids],
        ),
      );
      return rowCount ?? 0;
    },
  };
}

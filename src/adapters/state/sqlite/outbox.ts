import type { DatabaseSync } from "node:sqlite";
import type { DecisionStore } from "../../../ports/decision-store.ts";
import { messageColumns, settled, toClaimedMessage, toCount, toMessage } from "../decision-rows.ts";
import { prepared } from "./statements.ts";
import type { Transact } from "./transact.ts";

const isDue = "(o.state = 'pending' and o.next_attempt_at <= :now) or (o.state = 'in_flight' and o.claimed_until <= :now)";
/** Only what the archive holds may be told: a store restored from a backup must find all that went out. */
const isArchived = "o.commit_no <= (select archived_commit from store)";
/** An earlier message of the same subject that must go first, or any of its that is on its way. */
const isKeptBack = `exists (
    select 1 from outbox as e
    where e.host = o.host and e.subject_id = o.subject_id and e.id <> o.id and e.state in ('pending', 'in_flight', 'held')
        and (
            (e.state = 'in_flight' and (e.id < o.id or e.claimed_until > :now))
            or (e.id < o.id and (e.state = 'held' or (e.state = 'pending' and (e.not_before is null or e.not_before <= :now))))
        )
)`;

export function sqliteOutbox(transact: Transact, read: <T>(work: (db: DatabaseSync) => T) => T): DecisionStore["outbox"] {
  return {
    async claim({ host, limit, holder, leaseMs, now }) {
      const rows = transact((db) =>
        prepared(
          db,
          `update outbox set state = 'in_flight', attempts = attempts + 1, fence = fence + 1, claimed_by = :holder, claimed_until = :until
           where id in (
               select o.id from outbox as o
               where o.host = :host and o.state in ('pending', 'in_flight') and (${isDue}) and ${isArchived} and not ${isKeptBack}
               order by o.priority desc, o.id limit :limit
           )
           returning ${messageColumns}`,
        ).all({ host, limit, holder, until: now + leaseMs, now }),
      );
      return rows.map(toClaimedMessage).sort((a, b) => b.priority - a.priority || a.id - b.id);
    },
    async settle(message, settlement, now) {
      const { id, fence, kind, host, subjectId, version } = message;
      const { state, nextAttemptAt, settledAt, attemptsTaken } = settled(message, settlement, now);
      return transact((db) => {
        const { changes } = prepared(
          db,
          `update outbox set state = ?, last_answer = ?, next_attempt_at = ?, settled_at = ?, attempts = attempts - ?,
               claimed_by = null, claimed_until = null
           where id = ? and fence = ? and state = 'in_flight'`,
        ).run(state, settlement.answer, nextAttemptAt, settledAt, attemptsTaken, id, fence);
        if (Number(changes) === 0) return false;
        if (kind === "flair" && version !== null && (settlement.kind === "delivered" || settlement.kind === "duplicate")) {
          prepared(
            db,
            `update flair_versions set delivered_version = max(coalesce(delivered_version, 0), ?1), delivered_at = ?2
             where host = ?3 and agent_id = ?4 and version >= ?1`,
          ).run(version, now, host, subjectId);
        }
        return true;
      });
    },
    async list({ host, state, subjectId, limit }) {
      const conditions = [
        ...(host === undefined ? [] : ["host = :host"]),
        ...(state === undefined ? [] : ["state = :state"]),
        ...(subjectId === undefined ? [] : ["subject_id = :subject"]),
      ];
      const values = {
        ...(host === undefined ? {} : { host }),
        ...(state === undefined ? {} : { state }),
        ...(subjectId === undefined ? {} : { subject: subjectId }),
        limit,
      };
      const where = conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
      return read((db) =>
        db.prepare(`select ${messageColumns} from outbox ${where} order by id desc limit :limit`).all(values).map(toMessage),
      );
    },
    async find(idempotencyKeys) {
      const keys = JSON.stringify(idempotencyKeys);
      return read((db) =>
        prepared(db, `select ${messageColumns} from outbox where idempotency_key in (select value from json_each(?)) order by id`)
          .all(keys)
          .map(toMessage),
      );
    },
    async counts() {
      return read((db) =>
        db
          .prepare("select host, state, count(*) as messages from outbox group by host, state order by host, state")
          .all()
          .map((row) => toCount(row)),
      );
    },
    async replay(ids, now) {
      const { changes } = transact((db) =>
        db
          .prepare(
            `update outbox set state = 'pending', attempts = 0, enqueued_at = ?1, next_attempt_at = max(?1, coalesce(not_before, ?1)),
                 settled_at = null
             where state in ('dead', 'held') and (?2 is null or id in (select value from json_each(?2)))`,
          )
          .run(now, ids === "all" ? null : JSON.stringify(ids)),
      );
      return Number(changes);
    },
  };
}

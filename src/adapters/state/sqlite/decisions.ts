import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Clock } from "../../../ports/clock.ts";
import type { DecisionStore } from "../../../ports/decision-store.ts";
import {
  decisionColumns,
  entryColumns,
  toDecision,
  toDecisionInTime,
  toDefinition,
  toEntitlement,
  toEntry,
  toFlairVersion,
  toSnapshot,
} from "../decision-rows.ts";
import { writePlan } from "./commit.ts";
import { sqliteOutbox } from "./outbox.ts";
import type { Transact } from "./transact.ts";

type Read = <T>(work: (db: DatabaseSync) => T) => T;

/** Rows of one read; between two reads other writers may go on. */
const chunkRows = 2_000;

export function sqliteDecisions(transact: Transact, read: Read, clock: Clock): DecisionStore {
  return {
    async commit(plan) {
      return transact((db) => writePlan(db, plan, clock.now()));
    },
    async definitions(kind) {
      return read((db) =>
        db.prepare("select * from definitions where kind = ? order by definition_id, valid_from, recorded_at").all(kind).map(toDefinition),
      );
    },
    async lastSnapshots() {
      const rows = read((db) => db.prepare("select definition_id, snapshot from decision_snapshots").all());
      return new Map(rows.map((row) => [String(row.definition_id), toSnapshot(row.snapshot)]));
    },
    async *decisions({ definitionIds, subjectId }) {
      for (const definitionId of [...definitionIds].sort()) {
        let after: readonly [string, string] = ["", ""];
        for (;;) {
          const rows = read((db) =>
            db
              .prepare(
                `select ${decisionColumns} from decisions
                 where definition_id = ?1 and (?2 is null or subject_id = ?2) and (subject_id, period_id) > (?3, ?4)
                 order by subject_id, period_id limit ${chunkRows}`,
              )
              .all(definitionId, subjectId ?? null, ...after)
              .map(toDecision),
          );
          if (rows.length > 0) yield rows;
          const last = rows.at(-1);
          if (last === undefined || rows.length < chunkRows) break;
          after = [last.subjectId, last.periodId];
        }
      }
    },
    async *decidedBetween({ after, upTo }) {
      for (let last: readonly [string, string, string] = ["", "", ""]; ; ) {
        const rows = read((db) =>
          db
            .prepare(
              `select ${decisionColumns} from decisions
               where (definition_id, subject_id, period_id) > (?1, ?2, ?3) and commit_no > ?4 and commit_no <= ?5
               order by definition_id, subject_id, period_id limit ${chunkRows}`,
            )
            .all(...last, after, upTo)
            .map(toDecision),
        );
        if (rows.length > 0) yield rows;
        const end = rows.at(-1);
        if (end === undefined || rows.length < chunkRows) return;
        last = [end.definitionId, end.subjectId, end.periodId];
      }
    },
    async lastCommit() {
      return Number(read((db) => db.prepare("select commit_no from store").get()?.commit_no));
    },
    async decisionHistory({ definitionIds, subjectId }) {
      return read((db) =>
        db
          .prepare(
            `with verdicts as (
                 select ${decisionColumns}, since, replaced_as_of from decision_history
                 union all
                 select ${decisionColumns}, since, null from decisions
             )
             select * from verdicts
             where subject_id = ?1 and definition_id in (select value from json_each(?2))
             order by definition_id, period_id, replaced_as_of is null, decided_as_of`,
          )
          .all(subjectId, JSON.stringify(definitionIds))
          .map(toDecisionInTime),
      );
    },
    async *entries({ afterSeq = 0, definitionIds, subjectId, kind }) {
      const conditions = [
        "seq > :after",
        ...(definitionIds === undefined ? [] : ["definition_id in (select value from json_each(:definitions))"]),
        ...(subjectId === undefined ? [] : ["subject_id = :subject"]),
        ...(kind === undefined ? [] : ["kind = :kind"]),
      ];
      const sql = `select ${entryColumns} from ledger where ${conditions.join(" and ")} order by seq limit ${chunkRows}`;
      const values = {
        ...(definitionIds === undefined ? {} : { definitions: JSON.stringify(definitionIds) }),
        ...(subjectId === undefined ? {} : { subject: subjectId }),
        ...(kind === undefined ? {} : { kind }),
      };
      for (let after = afterSeq; ; ) {
        const entries = read((db) => prepareExact(db, sql).all({ ...values, after })).map(toEntry);
        if (entries.length > 0) yield entries;
        const last = entries.at(-1);
        if (last === undefined || entries.length < chunkRows) return;
        after = last.seq;
      }
    },
    async *lastEntries(definitionIds) {
      const sql = `select ${entryColumns} from ledger as l
        where definition_id = ? and award_key > ?
            and entry_no = (select max(m.entry_no) from ledger as m where m.award_key = l.award_key)
        order by award_key limit ${chunkRows}`;
      for (const definitionId of [...definitionIds].sort()) {
        for (let after = ""; ; ) {
          const entries = read((db) => prepareExact(db, sql).all(definitionId, after)).map(toEntry);
          if (entries.length > 0) yield entries;
          const last = entries.at(-1);
          if (last === undefined || entries.length < chunkRows) break;
          after = last.awardKey;
        }
      }
    },
    async entitlements({ agentIds, at }) {
      return read((db) =>
        db
          .prepare(
            `select * from entitlements
             where valid_from <= ?1 and (valid_to is null or valid_to > ?1) and (revoked_at is null or revoked_at > ?1)
                 and (?2 is null or agent_id in (select value from json_each(?2)))
             order by agent_id, entitlement_id`,
          )
          .all(at, agentIds === undefined ? null : JSON.stringify(agentIds))
          .map(toEntitlement),
      );
    },
    async flairVersions(host) {
      return read((db) => db.prepare("select * from flair_versions where host = ? order by agent_id").all(host).map(toFlairVersion));
    },
    outbox: sqliteOutbox(transact, read),
    async epoch() {
      return Number(read((db) => db.prepare("select epoch from store").get()?.epoch));
    },
    async id() {
      return String(read((db) => db.prepare("select id from store").get()?.id));
    },
  };
}

/** Amounts may pass 2^53. */
function prepareExact(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}

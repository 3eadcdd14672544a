import type { Clock } from "../../../ports/clock.ts";
import type { DecisionStore } from "../../../ports/decision-store.ts";
import {
  decisionColumns,
  entryColumns,
  type StateRow,
  toDecision,
  toDecisionInTime,
  toDefinition,
  toEntitlement,
  toEntry,
  toFlairVersion,
  toSnapshot,
} from "../decision-rows.ts";
import { writePlan } from "./commit.ts";
import type { Sessions } from "./driver.ts";
import { postgresOutbox } from "./outbox.ts";

/** Rows of one read; between two reads other writers may go on. */
const chunkRows = 2_000;

export function postgresDecisions({ transact }: Pick<Sessions, "transact">, clock: Clock): DecisionStore {
  const select = async (sql: string, values: readonly unknown[] = []): Promise<StateRow[]> =>
    (await transact((session) => session.query(sql, values))).rows;
  return {
    commit: (plan) => transact((session) => writePlan(session, plan, clock.now())),
    async definitions(kind) {
      return (await select("select * from definitions where kind = $1 order by definition_id, valid_from, recorded_at", [kind])).map(
        toDefinition,
      );
    },
    async lastSnapshots() {
      const rows = await select("select definition_id, snapshot from decision_snapshots");
      return new Map(rows.map((row) => [String(row.definition_id), toSnapshot(row.snapshot)]));
    },
    async *decisions({ definitionIds, subjectId }) {
      for (const definitionId of [...definitionIds].sort()) {
        let after: readonly [string, string] = ["", ""];
        for (;;) {
          const rows = (
            await select(
              `select ${decisionColumns} from decisions
               where definition_id = $1 and ($2::text is null or subject_id = $2) and (subject_id, period_id) > ($3, $4)
               order by subject_id, period_id limit ${chunkRows}`,
              [definitionId, subjectId ?? null, ...after],
            )
          ).map(toDecision);
          if (rows.length > 0) yield rows;
          const last = rows.at(-1);
          if (last === undefined || rows.length < chunkRows) break;
          after = [last.subjectId, last.periodId];
        }
      }
    },
    async *decidedBetween({ after, upTo }) {
      for (let last: readonly [string, string, string] = ["", "", ""]; ; ) {
        const rows = (
          await select(
            `select ${decisionColumns} from decisions
             where (definition_id, subject_id, period_id) > ($1, $2, $3) and commit_no > $4 and commit_no <= $5
             order by definition_id, subject_id, period_id limit ${chunkRows}`,
            [...last, after, upTo],
          )
        ).map(toDecision);
        if (rows.length > 0) yield rows;
        const end = rows.at(-1);
        if (end === undefined || rows.length < chunkRows) return;
        last = [end.definitionId, end.subjectId, end.periodId];
      }
    },
    async lastCommit() {
      return Number((await select("select commit_no from store"))[0]?.commit_no);
    },
    async decisionHistory({ definitionIds, subjectId }) {
      const rows = await select(
        `with verdicts as (
             select ${decisionColumns}, since, replaced_as_of from decision_history
             union all
             select ${decisionColumns}, since, null from decisions
         )
         select * from verdicts
         where subject_id = $1 and definition_id = any($2::text[])
         order by definition_id, period_id, replaced_as_of is null, decided_as_of`,
        [subjectId, definitionIds],
      );
      return rows.map(toDecisionInTime);
    },
    async *entries({ afterSeq = 0, definitionIds, subjectId, kind }) {
      const sql = `select ${entryColumns} from ledger
        where seq > $1 and ($2::text[] is null or definition_id = any($2)) and ($3::text is null or subject_id = $3) and ($4::text is null or kind = $4)
        order by seq limit ${chunkRows}`;
      for (let after = afterSeq; ; ) {
        const entries = (await select(sql, [after, definitionIds ?? null, subjectId ?? null, kind ?? null])).map(toEntry);
        if (entries.length > 0) yield entries;
        const last = entries.at(-1);
        if (last === undefined || entries.length < chunkRows) return;
        after = last.seq;
      }
    },
    async *lastEntries(definitionIds) {
      const sql = `select ${entryColumns} from ledger as l
        where definition_id = $1 and award_key > $2
            and entry_no = (select max(m.entry_no) from ledger as m where m.award_key = l.award_key)
        order by award_key limit ${chunkRows}`;
      for (const definitionId of [...definitionIds].sort()) {
        for (let after = ""; ; ) {
          const entries = (await select(sql, [definitionId, after])).map(toEntry);
          if (entries.length > 0) yield entries;
          const last = entries.at(-1);
          if (last === undefined || entries.length < chunkRows) break;
          after = last.awardKey;
        }
      }
    },
    async entitlements({ agentIds, at }) {
      const rows = await select(
        `select * from entitlements
         where valid_from <= $1 and (valid_to is null or valid_to > $1) and (revoked_at is null or revoked_at > $1)
             and ($2::text[] is null or agent_id = any($2))
         order by agent_id collate "C", entitlement_id`,
        [at, agentIds ?? null],
      );
      return rows.map(toEntitlement);
    },
    async flairVersions(host) {
      return (await select('select * from flair_versions where host = $1 order by agent_id collate "C"', [host])).map(toFlairVersion);
    },
    outbox: postgresOutbox(transact),
    async epoch() {
      return Number((await select("select epoch from store"))[0]?.epoch);
    },
    async id() {
      return String((await select("select id from store"))[0]?.id);
    },
  };
}

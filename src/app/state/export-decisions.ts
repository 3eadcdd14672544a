import { dayNumber } from "../../domain/calendar.ts";
import type { Evidence } from "../../domain/recognise/evidence.ts";
import type { DecisionStore, StoredDecision } from "../../ports/decision-store.ts";
import type { SourceItem, SourceRead } from "../../ports/source.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { type LoadDeps, type LoadResult, loadRead } from "../ingest/load-read.ts";
import { requireOwner } from "./require-owner.ts";

export interface ExportDecisionsDeps extends LoadDeps {
  readonly store: Pick<DecisionStore, "definitions" | "decidedBetween" | "lastCommit" | "id" | "epoch">;
}

/** Which commits of the store are in the warehouse. A restored store numbers anew under another epoch. */
interface Position {
  readonly epoch: number;
  readonly commit: number;
}

/** Change with every change of how a decision is mapped: it is part of each batch's identity. */
const mapperVersion = "decision-1";

/**
 * Brings every yes and no that was decided since the last export into the warehouse, as batches of source `gami`: the store keeps
 * the latest of each subject only, the warehouse all of them, as versions. Repeating it adds nothing.
 * @throws ConfigError when another store owns the warehouse. LockHeldError when another process exports at once.
 */
export async function exportDecisions(deps: ExportDecisionsDeps, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LoadResult> {
  await requireOwner(deps);
  const { store } = deps;
  const epoch = await store.epoch();
  const milestones = new Set((await store.definitions("milestone")).map(({ definitionId }) => definitionId));
  let position: Position | null = null;
  const read: SourceRead = {
    source: "gami",
    streams: ["decision"],
    mapperVersion,
    zone: null,
    datedBy: null,
    position: () => (position === null ? null : JSON.stringify(position)),
    async *items() {
      const reached = await exportedSoFar(deps.warehouse, epoch);
      const upTo = await store.lastCommit();
      // In key order, not in the order of commits: only the whole of it moves the position.
      for await (const decisions of store.decidedBetween({ after: reached, upTo })) {
        yield decisions.filter(({ definitionId }) => milestones.has(definitionId)).map(decisionItem);
      }
      position = { epoch, commit: upTo };
      yield [];
    },
  };
  // A verdict that turns back is news, although gami has said the very same before.
  return loadRead(deps, read, { again: true, ...(signal === undefined ? {} : { signal }) });
}

async function exportedSoFar(warehouse: Warehouse, epoch: number): Promise<number> {
  const cursor = (await warehouse.cursors()).find(({ family, stream }) => family === "gami" && stream === "decision");
  const position: Partial<Position> = cursor === undefined || cursor.position === null ? {} : JSON.parse(cursor.position);
  return position.epoch === epoch ? (position.commit ?? 0) : 0;
}

function decisionItem({ definitionId, subjectId, periodId, ruleHash, verdict, commitState, evidence }: StoredDecision): SourceItem {
  const { asOf, windowFrom, windowUntil, valueMilli, thresholdMilli, n, daysUsed, openDays, conditions }: Evidence = JSON.parse(evidence);
  const reasons = JSON.stringify({ asOf, commitState, daysUsed, openDays, conditions });
  return {
    kind: "record",
    place: `${definitionId}/${subjectId}/${periodId}`,
    stream: "decision",
    record: {
      definition_id: definitionId,
      agent_id: subjectId,
      period_id: periodId,
      verdict,
      value_milli: valueMilli === null ? null : Number(valueMilli),
      threshold_milli: thresholdMilli,
      n,
      // Local days of the agent, as midnight UTC: the same for all who were decided on the same days.
      window_from: windowFrom === null ? null : instantOf(windowFrom),
      window_to: instantOf(windowUntil),
      rule_hash: ruleHash,
      reasons,
    },
    payload: evidence,
  };
}

function instantOf(date: string): number {
  return dayNumber(date) * 86_400_000;
}

import { dayNumber } from "../../domain/calendar.ts";
import type { FlairEntitlement } from "../../domain/deliver/flair.ts";
import { type AwardPayload, entryMessage, type Recipient } from "../../domain/deliver/message.ts";
import { canonicalContent, type MilestoneDefinition, milliText } from "../../domain/recognise/definition.ts";
import { entitledUntil } from "../../domain/recognise/entitled-until.ts";
import { type PlannedDecision, type PlannedEntry, type Standing, standingEvidence } from "../../domain/recognise/plan-awards.ts";
import type { DecisionPlan, DecisionStore, NewLedgerEntry, NewMessage, Snapshot, StoredDecision } from "../../ports/decision-store.ts";
import { type Accounts, hostsToTell, prepareToldBefore, type Told } from "./award-recipients.ts";
import type { Version } from "./plan-windows.ts";
import { prepareEndOfDay } from "./read-figures.ts";

/** What one agent gets, decided under one milestone. */
export interface DecidedAgent {
  readonly recipient: Recipient;
  /** In force on the day of the window, for the end of a period. */
  readonly zone: string;
  readonly definitionId: string;
  readonly decisions: readonly PlannedDecision[];
}

export interface WriterOptions {
  readonly store: DecisionStore;
  readonly runId: string;
  readonly now: () => number;
  readonly accounts: Accounts;
  readonly versions: readonly Version[];
  /** What the marts stand for. */
  readonly batches: Snapshot;
  /** What each definition was decided on last, what stands while a run of several commits is under way, and what it is decided on now. */
  readonly snapshots: readonly {
    readonly definitionId: string;
    readonly before: Snapshot | null;
    readonly begun: Snapshot;
    readonly after: Snapshot;
  }[];
}

export interface DecisionWriter {
  add(decided: DecidedAgent): Promise<void>;
  /** Writes what is left. */
  finish(): Promise<void>;
  /** Entries that another run had written already, word for word. */
  readonly duplicate: () => number;
}

/** Some ten megabytes: agents whole, so that the award, its decision and its messages are one commit. */
const decisionsPerCommit = 5_000;

/**
 * Packs decisions into commits. Whoever decided in between makes a commit fail, and nothing of it is written. The snapshots move with the
 * last one only: a run that was killed half-way is decided again from where it began.
 */
export function openDecisionWriter({ store, runId, now, accounts, versions, batches, snapshots }: WriterOptions): DecisionWriter {
  const endOfDay = prepareEndOfDay();
  let isFirst = true;
  let duplicate = 0;
  let plan = emptyPlan();
  const toldBefore = prepareToldBefore(store.outbox, () => plan.messages);
  const commit = async (isLast: boolean) => {
    const totals = await store.commit({
      runId,
      snapshots: snapshots.map(({ definitionId, before, begun, after }) => ({
        definitionId,
        before: isFirst ? before : begun,
        after: isLast ? after : begun,
      })),
      definitions: isFirst ? versions.map(storedVersion) : [],
      flairVersions: [],
      entries: plan.entries,
      decisions: plan.decisions,
      entitlements: [...plan.entitlements.values()],
      messages: plan.messages,
    });
    duplicate += totals.duplicate;
    isFirst = false;
    plan = emptyPlan();
  };
  return {
    async add({ recipient, zone, definitionId, decisions }) {
      for (const decision of decisions) {
        for (const standing of [...decision.turns, decision])
          plan.decisions.push(storedDecision(recipient.agentId, definitionId, standing, batches));
        for (const entry of decision.entries) {
          plan.entries.push(ledgerEntry(recipient.agentId, entry));
          plan.messages.push(
            ...(await messagesOf(entry, (kind) =>
              hostsToTell({ ...entry, kind, isCorrection: entry.action === "confirm", person: recipient }, accounts, toldBefore),
            )),
          );
          const until = entitledUntil(entry.definition, entry.periodUntil);
          const periodEnd = () => (until === null ? null : endOfDay(zone, dayBefore(until)));
          const entitlement = entitlementOf(recipient.agentId, entry, { now, periodEnd });
          if (entitlement !== null) plan.entitlements.set(entitlement.entitlementId, entitlement);
        }
      }
      if (plan.decisions.length >= decisionsPerCommit) await commit(false);
    },
    async finish() {
      await commit(true);
    },
    duplicate: () => duplicate,
  };
}

function emptyPlan() {
  const entries: NewLedgerEntry[] = [];
  const decisions: StoredDecision[] = [];
  const messages: NewMessage[] = [];
  return { entries, decisions, messages, entitlements: new Map<string, FlairEntitlement>() };
}

function storedVersion({ definition, ruleHash }: Version): DecisionPlan["definitions"][number] {
  return {
    kind: "milestone",
    definitionId: definition.id,
    ruleHash,
    content: canonicalContent(definition),
    validFrom: Date.parse(definition.valid.from),
    validTo: definition.valid.to === null ? null : Date.parse(definition.valid.to),
  };
}

function storedDecision(subjectId: string, definitionId: string, standing: Standing, batches: Snapshot): StoredDecision {
  const { periodId, ruleHash, verdict, commitState, decidedAsOf } = standing;
  return {
    definitionId,
    subjectId,
    periodId,
    ruleHash,
    verdict,
    commitState,
    decidedAsOf: dayNumber(decidedAsOf) * 86_400_000,
    evidence: JSON.stringify(standingEvidence(standing, batches)),
  };
}

function ledgerEntry(subjectId: string, entry: PlannedEntry): NewLedgerEntry {
  const { awardKey, entryNo, action, definition, periodId, ruleHash, occurredAt, reason, evidence } = entry;
  return {
    awardKey,
    entryNo,
    kind: "award",
    action,
    subjectId,
    definitionId: definition.id,
    periodId,
    ruleHash,
    tier: definition.tier.name,
    amount: 1n,
    unit: "award",
    commitState: "final",
    occurredAt,
    reason,
    evidence: JSON.stringify(evidence),
  };
}

/** A confirmation is for the ledger alone, but where a restated definition shows another name or tier than was told. */
async function messagesOf(entry: PlannedEntry, hostsOf: (kind: AwardPayload["kind"]) => Promise<readonly Told[]>): Promise<NewMessage[]> {
  if (entry.action === "confirm" && !isShownOtherwise(entry)) return [];
  const kind = entry.action === "reverse" ? "revocation" : "award";
  const { awardKey, entryNo, definition, periodId, occurredAt, reason, evidence, ruleHash } = entry;
  return (await hostsOf(kind)).map(({ host, recipient }) =>
    entryMessage(
      {
        kind,
        recipient,
        awardKey,
        entryNo,
        definitionId: definition.id,
        name: definition.name,
        tier: definition.tier.name,
        periodId,
        occurredAt: new Date(occurredAt).toISOString(),
        reason,
        evaluationWindow: evidence.window,
        metricValue: evidence.value,
        threshold: milliText(definition.goal.thresholdMilli),
        ruleHash,
      },
      { host },
    ),
  );
}

function isShownOtherwise({ definition, restates }: PlannedEntry): boolean {
  return restates !== null && (restates.name !== definition.name || restates.tier.name !== definition.tier.name);
}

/** A restated award shows what its definition says now; what that shows no more is taken back. */
function entitlementOf(
  agentId: string,
  { action, awardKey, definition, restates, occurredAt, evidence }: PlannedEntry,
  { now, periodEnd }: { readonly now: () => number; readonly periodEnd: () => number | null },
): FlairEntitlement | null {
  if (action === "confirm" && restates === null) return null;
  const { tier, name } = definition;
  const flair = definition.flair ?? restates?.flair ?? null;
  if (flair === null) return null;
  return {
    entitlementId: awardKey,
    agentId,
    priorityClass: flair.priorityClass,
    tierRank: tier.rank,
    earnedAt: occurredAt,
    validFrom: occurredAt,
    validTo: periodEnd(),
    flair: JSON.stringify({ name, tier: tier.name, attributes: attributesOf(definition), evaluationWindow: evidence.window }),
    revokedAt: action === "reverse" || definition.flair === null ? now() : null,
  };
}

function attributesOf({ flair, tier }: MilestoneDefinition): Record<string, string> {
  return flair === null ? {} : { avatar_variant: flair.variant, badge: flair.badge, flair_tier: tier.name };
}

function dayBefore(date: string): string {
  return new Date((dayNumber(date) - 1) * 86_400_000).toISOString().slice(0, 10);
}

import type { AdjustmentVerdict, AdjustRules } from "../../domain/adjust/plan-adjustment.ts";
import { type AdjustmentPayload, adjustmentMessage } from "../../domain/deliver/message.ts";
import { ChecksFailedError, UsageError } from "../../errors.ts";
import type { NewMessage, StoredDecision } from "../../ports/decision-store.ts";
import { type DeliveryTarget, targetsFor } from "../deliver/targets.ts";
import { dayToDecide } from "../recognise/evaluate-milestones.ts";
import { readMarts } from "../recognise/read-marts.ts";
import { type AdjustDeps, adjustmentRule, type Judged, judgeChallenges, ruleOf } from "./adjust-challenges.ts";

export interface ApproveRequest {
  /** The id of a proposal, or how it begins. */
  readonly proposalId: string;
  readonly rules: AdjustRules;
  readonly targets: readonly DeliveryTarget[];
  readonly apply: boolean;
}

export interface ApproveReport {
  readonly proposalId: string;
  readonly challengeId: string;
  readonly nativeId: string;
  readonly expectedMultiplier: number;
  readonly wantedMultiplier: number;
  readonly startsAt: string;
  /** The end goes out with the start: no later run is needed to take the boost away. */
  readonly endsAt: string;
  readonly hosts: readonly string[];
  readonly isApplied: boolean;
  /** True when it was approved before: nothing is done again. */
  readonly isKnown: boolean;
}

const dayMs = 86_400_000;

/**
 * Approves one stored proposal, after everything it rests on was looked at again. The host compares the value it was decided on once more.
 * @throws UsageError when there is no such proposal. ChecksFailedError when it no longer holds.
 */
export async function approveAdjustment(deps: AdjustDeps, { proposalId, rules, targets, apply }: ApproveRequest): Promise<ApproveReport> {
  const { store, warehouse, clock, runId } = deps;
  const stored = await findProposal(deps, proposalId);
  const { plan, challengeId, nativeId } = stored;
  const report = (startsAt: number, endsAt: number, hosts: readonly string[], isKnown: boolean): ApproveReport => ({
    proposalId: plan.planHash.slice(0, 12),
    challengeId,
    nativeId,
    expectedMultiplier: plan.expectedMultiplierMilli / 1000,
    wantedMultiplier: plan.wantedMultiplierMilli / 1000,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    hosts,
    isApplied: apply && !isKnown,
    isKnown,
  });
  for await (const entries of store.entries({ kind: "adjustment", subjectId: challengeId })) {
    const known = entries.find(({ awardKey }) => awardKey === plan.planHash);
    if (known !== undefined) return report(known.occurredAt, known.occurredAt + plan.boostDays * dayMs, [], true);
  }
  const marts = await readMarts(warehouse);
  const judged = await judgeChallenges(deps, rules, dayToDecide({ asOf: null, since: null }, marts));
  const { source } = requireUnchanged(stored, judged);
  const now = clock.now();
  const endsAt = now + plan.boostDays * dayMs;
  const hosts = targetsFor(targets, "adjustment", { source: source.split(":")[0] ?? source }).map(({ host }) => host);
  if (apply) {
    await store.commit({
      runId,
      snapshots: [],
      definitions: [],
      entries: [
        {
          awardKey: plan.planHash,
          entryNo: 1,
          kind: "adjustment",
          action: "grant",
          subjectId: challengeId,
          definitionId: adjustmentRule,
          periodId: stored.week ?? "none",
          ruleHash: ruleOf(rules).ruleHash,
          tier: null,
          amount: BigInt(plan.wantedMultiplierMilli),
          unit: "multiplier_milli",
          commitState: "final",
          occurredAt: now,
          reason: reasonOf(stored),
          evidence: JSON.stringify({ ...stored, endsAt: new Date(endsAt).toISOString() }),
        },
      ],
      decisions: [],
      entitlements: [],
      flairVersions: [],
      messages: hosts.flatMap((host) => messagesFor(host, stored, { now, endsAt })),
    });
  }
  return report(now, endsAt, hosts, false);
}

type Proposal = AdjustmentVerdict & { readonly plan: NonNullable<AdjustmentVerdict["plan"]> };

async function findProposal({ store }: AdjustDeps, asked: string): Promise<Proposal> {
  const found: Proposal[] = [];
  for await (const decisions of store.decisions({ definitionIds: [adjustmentRule] })) found.push(...decisions.flatMap(proposalOf));
  const [proposal, another] = found.filter(({ plan }) => asked.length >= 6 && plan.planHash.startsWith(asked.toLowerCase()));
  if (proposal !== undefined && another === undefined) return proposal;
  throw new UsageError(another === undefined ? `there is no proposal ${asked}` : `${asked} is the beginning of several proposals`, {
    code: "PROPOSAL_UNKNOWN",
    hint: "run 'gami challenges adjust --apply' and take the id it prints",
  });
}

function proposalOf({ verdict, evidence }: StoredDecision): Proposal[] {
  if (verdict !== "proposed") return [];
  const found: AdjustmentVerdict = JSON.parse(evidence);
  return found.plan === null ? [] : [{ ...found, plan: found.plan }];
}

/** Somebody approves what they saw: a plan that would come out otherwise today is another plan. */
function requireUnchanged({ challengeId, plan }: Proposal, judged: readonly Judged[]): Judged["challenge"] {
  const now = judged.find(({ challenge }) => challenge.challengeId === challengeId);
  const reasons = now === undefined ? ["the challenge is no longer known"] : now.verdict.reasons;
  if (now !== undefined && now.verdict.plan?.planHash === plan.planHash) return now.challenge;
  const why = reasons.length > 0 ? reasons.join("; ") : `it is another plan by now (${now?.verdict.plan?.planHash.slice(0, 12)})`;
  throw new ChecksFailedError(`the proposal ${plan.planHash.slice(0, 12)} no longer holds: ${why}`, {
    code: "PROPOSAL_OUTDATED",
    hint: "run 'gami challenges adjust --apply' and look at what it says now",
  });
}

function messagesFor(
  host: string,
  { challengeId, nativeId, plan }: Proposal,
  { now, endsAt }: { now: number; endsAt: number },
): NewMessage[] {
  const [before, boosted] = [plan.expectedMultiplierMilli / 1000, plan.wantedMultiplierMilli / 1000];
  const proposalId = plan.planHash.slice(0, 12);
  const payload = (more: Pick<AdjustmentPayload, "proposalId" | "expected" | "wanted" | "reason">): AdjustmentPayload => ({
    kind: "adjustment",
    decidedAt: new Date(now).toISOString(),
    challengeId: nativeId,
    ...more,
  });
  const start = payload({
    proposalId,
    expected: { multiplier: before },
    wanted: { multiplier: boosted },
    reason: `boost of ${plan.boostDays} days, approved`,
  });
  const end = payload({
    proposalId: `${proposalId}-end`,
    expected: { multiplier: boosted },
    wanted: { multiplier: before },
    reason: "the boost is over",
  });
  const subject = { subjectId: challengeId };
  return [
    { ...adjustmentMessage(start, { host }), ...subject },
    { ...adjustmentMessage(end, { host, notBefore: endsAt }), ...subject },
  ];
}

function reasonOf({ gates, plan }: Proposal): string {
  const found = gates.map(({ name, value }) => `${name} ${value}`).join("; ");
  return `multiplier ${plan.expectedMultiplierMilli / 1000} to ${plan.wantedMultiplierMilli / 1000} for ${plan.boostDays} days: ${found}`;
}

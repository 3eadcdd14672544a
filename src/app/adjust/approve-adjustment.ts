import type { AdjustmentVerdict } from "../../domain/adjust/plan-adjustment.ts";
import type { AdjustRules } from "../../domain/adjust/rules.ts";
import { type AdjustmentPayload, adjustmentMessage } from "../../domain/deliver/message.ts";
import { ChecksFailedError, UsageError } from "../../errors.ts";
import type { NewLedgerEntry, NewMessage, Snapshot, StoredDecision } from "../../ports/decision-store.ts";
import { type DeliveryTarget, targetsFor } from "../deliver/targets.ts";
import { dayToDecide } from "../recognise/evaluate-milestones.ts";
import { readMarts } from "../recognise/read-marts.ts";
import { type AdjustDeps, adjustmentRule, type Judged, judgeChallenges, ruleOf } from "./adjust-challenges.ts";

export interface ApproveRequest {
  /** The id of a proposal, or how it begins. */
  readonly proposalId: string;
  readonly rules: AdjustRules;
  readonly targets: readonly DeliveryTarget[];
  /** Who says yes. */
  readonly approvedBy: string;
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
 * Approves one stored proposal, after everything it rests on was looked at again: the plan has to come out with the same hash. The host
 * compares the value it was decided on once more before it writes.
 * @throws UsageError when there is no such proposal, or nobody to tell. ChecksFailedError when it no longer holds. LockHeldError (try again)
 * when another adjustment of the challenge was approved meanwhile.
 */
export async function approveAdjustment(deps: AdjustDeps, request: ApproveRequest): Promise<ApproveReport> {
  const { store, warehouse, clock } = deps;
  const { rules, apply } = request;
  const proposal = await findProposal(deps, request.proposalId);
  const { challengeId } = proposal;
  // Read before the ledger: whoever approves in between moves it, and this commit fails.
  const standing = (await store.lastSnapshots()).get(placeOf(challengeId)) ?? null;
  const known = await approvedBefore(deps, proposal);
  if (known !== null) return { ...reportOf(proposal, known, []), isApplied: false, isKnown: true };
  const marts = await readMarts(warehouse);
  const judged = await judgeChallenges(deps, {
    rules,
    asOf: dayToDecide({ asOf: null, since: null }, marts),
    now: deps.clock.now(),
    isLookBack: false,
  });
  const { source } = requireUnchanged(proposal, judged);
  const hosts = targetsFor(request.targets, "adjustment", { source: source.split(":")[0] ?? source }).map(({ host }) => host);
  if (apply && hosts.length === 0) throw nobodyToTell(source);
  const span = { startsAt: clock.now(), endsAt: clock.now() + proposal.plan.boostDays * dayMs };
  if (apply) await write(deps, { request, proposal, source, standing, hosts, span });
  return { ...reportOf(proposal, span, hosts), isApplied: apply, isKnown: false };
}

interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

function reportOf({ plan, challengeId, nativeId }: Proposal, { startsAt, endsAt }: Span, hosts: readonly string[]) {
  return {
    proposalId: plan.planHash.slice(0, 12),
    challengeId,
    nativeId,
    expectedMultiplier: plan.expectedMultiplierMilli / 1000,
    wantedMultiplier: plan.wantedMultiplierMilli / 1000,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
    hosts,
  };
}

async function approvedBefore({ store }: AdjustDeps, { plan, challengeId }: Proposal): Promise<Span | null> {
  for await (const entries of store.entries({ kind: "adjustment", subjectId: challengeId })) {
    const known = entries.find(({ awardKey }) => awardKey === plan.planHash);
    if (known !== undefined) return { startsAt: known.occurredAt, endsAt: known.occurredAt + plan.boostDays * dayMs };
  }
  return null;
}

/** Approvals of one challenge come one after another: each is compare-and-set on the one before. */
function placeOf(challengeId: string): string {
  return `${adjustmentRule}:${challengeId}`;
}

interface Approval {
  readonly request: ApproveRequest;
  readonly proposal: Proposal;
  /** The platform or file the challenge is of: its native id is unique there only. */
  readonly source: string;
  readonly standing: Snapshot | null;
  readonly hosts: readonly string[];
  readonly span: Span;
}

async function write({ store, runId }: AdjustDeps, approval: Approval): Promise<void> {
  const { proposal, standing, hosts, span } = approval;
  const approvals = "gami.approvals";
  await store.commit({
    runId,
    snapshots: [
      { definitionId: placeOf(proposal.challengeId), before: standing, after: { [approvals]: (standing?.[approvals] ?? 0) + 1 } },
    ],
    definitions: [],
    entries: [entryOf(approval)],
    decisions: [],
    entitlements: [],
    flairVersions: [],
    messages: hosts.flatMap((host) => messagesFor(host, proposal, span)),
  });
}

function entryOf({ request: { rules, approvedBy }, proposal, source, span: { startsAt, endsAt } }: Approval): NewLedgerEntry {
  const { plan } = proposal;
  return {
    awardKey: plan.planHash,
    entryNo: 1,
    kind: "adjustment",
    action: "grant",
    subjectId: proposal.challengeId,
    definitionId: adjustmentRule,
    periodId: proposal.week ?? "none",
    ruleHash: ruleOf(rules).ruleHash,
    tier: null,
    amount: BigInt(plan.wantedMultiplierMilli),
    unit: "multiplier_milli",
    commitState: "final",
    occurredAt: startsAt,
    reason: reasonOf(proposal),
    evidence: JSON.stringify({ ...proposal, source, approvedBy, endsAt: new Date(endsAt).toISOString() }),
  };
}

function nobodyToTell(source: string): UsageError {
  return new UsageError(`no host is told about challenges of ${source}: approving would change nothing`, {
    code: "NOBODY_TO_TELL",
    hint: "add one that tells adjustments under 'hosts' in the config: the platform (contract guide), a webhook or a CSV file",
  });
}

type Proposal = AdjustmentVerdict & { readonly plan: NonNullable<AdjustmentVerdict["plan"]> };

/** @throws UsageError when there is none, or more than one. */
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

/** Start and end are written together: no later run has to remember the end. */
function messagesFor(host: string, { challengeId, nativeId, plan }: Proposal, { startsAt, endsAt }: Span): NewMessage[] {
  const [before, boosted] = [plan.expectedMultiplierMilli / 1000, plan.wantedMultiplierMilli / 1000];
  const proposalId = plan.planHash.slice(0, 12);
  const common = { kind: "adjustment", decidedAt: new Date(startsAt).toISOString(), challengeId: nativeId } as const;
  const start: AdjustmentPayload = {
    ...common,
    proposalId,
    expected: { multiplier: before, status: "active" },
    wanted: { multiplier: boosted },
    endsAt: new Date(endsAt).toISOString(),
    reason: `boost of ${plan.boostDays} days, approved`,
  };
  const end: AdjustmentPayload = {
    ...common,
    proposalId: `${proposalId}-end`,
    expected: { multiplier: boosted },
    wanted: { multiplier: before },
    endsAt: null,
    reason: "the boost is over",
  };
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

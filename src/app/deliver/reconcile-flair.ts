import { type SyncStatus, syncStatus } from "../../domain/deliver/flair-status.ts";
import type { PlannedMessage, Recipient, WantedFlair } from "../../domain/deliver/message.ts";
import { type FlairTarget, type KnownFlair, nextFlair, planFlair } from "../../domain/deliver/plan-flair.ts";
import {
  type Comparison,
  compareFlair,
  type DivergenceCause,
  type OutboxState,
  type Shown,
  versionAfter,
} from "../../domain/deliver/reconcile-flair.ts";
import { StoppedError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DecisionStore, Message, MessageState } from "../../ports/decision-store.ts";
import type { Output } from "../../ports/output.ts";
import type { FlairView } from "../../ports/recognition-host.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { readFlairRoster, recipientsOf } from "./flair-roster.ts";

export interface ReconcileDeps {
  readonly warehouse: QueryReader;
  readonly store: DecisionStore;
  readonly clock: Clock;
  readonly output: Output;
  readonly runId: string;
}

export interface FlairPlace {
  readonly target: FlairTarget;
  /** Null: nothing is read there, only what was decided is compared with what was told. */
  readonly view: FlairView | null;
}

export interface ReconcileRequest {
  readonly places: readonly FlairPlace[];
  /** How long before its end a flair says so. */
  readonly noticeMs: number;
  readonly isApplied: boolean;
  readonly signal: AbortSignal;
}

export interface Divergence {
  readonly agentId: string;
  readonly nativeId: string;
  readonly cause: DivergenceCause;
  readonly isSent: boolean;
}

/** `agents = changed + equal + waiting + unknown + notRead + diverged`. */
export interface HostReconciled {
  readonly host: string;
  readonly agents: number;
  /** Another flair is wanted than the one told last: awarded, revoked, ended, or about to end. */
  readonly changed: number;
  readonly equal: number;
  /** On its way. */
  readonly waiting: number;
  /** The host does not know the person. */
  readonly unknown: number;
  readonly notRead: number;
  readonly diverged: number;
  readonly causes: Readonly<Partial<Record<DivergenceCause, number>>>;
  /** Messages written, or to be written with --apply: what hides, and what shows. */
  readonly hides: number;
  readonly shows: number;
  /** What consumers may show, derived from versions [S3-R38]. */
  readonly statuses: Readonly<Partial<Record<SyncStatus, number>>>;
  /** At most `mostListed` of them. */
  readonly divergences: readonly Divergence[];
}

const mostListed = 100;
const versionsPerCommit = 2_000;
const mostMessages = 1_000_000;

/**
 * Compares, for everybody, the flair that the entitlements in force want with what was told and with what hosts show, and
 * plans the least change; with `isApplied` it is enqueued. The relay tells it.
 * @throws LockHeldError (try again) when another run changed the flair in between.
 */
export async function reconcileFlair(deps: ReconcileDeps, request: ReconcileRequest): Promise<HostReconciled[]> {
  const at = deps.clock.now();
  const roster = await readFlairRoster(deps.warehouse, at);
  const entitlements = await deps.store.entitlements({ at });
  const epoch = await deps.store.epoch();
  const reports: HostReconciled[] = [];
  for (const place of request.places) {
    const recipients = recipientsOf(roster, place.target);
    const known = await deps.store.flairVersions(place.target.host);
    const situation = { targets: [place.target], recipients, entitlements, known, epoch, at, noticeMs: request.noticeMs };
    const { versions, messages } = planFlair(situation);
    const changed = new Set(versions.map(({ agentId }) => agentId));
    const rest = recipients.filter(({ agentId }) => !changed.has(agentId));
    const repairs = await compareRest(deps, request, place, { rest, known, epoch, at });
    const plan = { versions: [...versions, ...repairs.versions], messages: [...messages, ...repairs.messages] };
    if (request.isApplied) await write(deps, plan);
    const hides = plan.messages.filter(isHide).length;
    reports.push({
      ...repairs.counts,
      host: place.target.host,
      agents: recipients.length,
      changed: changed.size,
      hides,
      shows: plan.messages.length - hides,
    });
  }
  return reports;
}

function isHide({ payload }: PlannedMessage): boolean {
  const { flair }: { flair: WantedFlair | null } = JSON.parse(payload);
  return flair === null;
}

interface Rest {
  readonly rest: readonly Recipient[];
  readonly known: readonly KnownFlair[];
  readonly epoch: number;
  readonly at: number;
}

/** Those whose flair stays what it was: does the host show it? */
async function compareRest(
  { store, output }: ReconcileDeps,
  { signal }: ReconcileRequest,
  place: FlairPlace,
  { rest, known, epoch, at }: Rest,
) {
  const { target, view } = place;
  const byAgent = new Map(known.map((one) => [one.agentId, one]));
  const outbox = await outboxStates(store.outbox, target.host, byAgent);
  const counts = { equal: 0, waiting: 0, unknown: 0, notRead: 0, diverged: 0 };
  const causes: Partial<Record<DivergenceCause, number>> = {};
  const statuses: Partial<Record<SyncStatus, number>> = {};
  const divergences: Divergence[] = [];
  const plans: ReturnType<typeof nextFlair>[] = [];
  const seen: KnownFlair[] = [];
  for (const one of known) {
    const status = syncStatus(one, outbox.get(one.agentId) ?? "none");
    statuses[status] = (statuses[status] ?? 0) + 1;
  }

  function repair(recipient: Recipient, cause: DivergenceCause, shown: Shown): boolean {
    const before = byAgent.get(recipient.agentId) ?? null;
    const next = versionAfter(before, shown.kind === "known" ? shown : { epoch: null, version: null }, epoch);
    if (next === null || cause === "stuck") return false;
    const base = { ...(before ?? neverTold(recipient.agentId, target.host)), epoch: next.epoch, version: next.version - 1 };
    const wanted: WantedFlair | null = base.wanted === null ? null : JSON.parse(base.wanted);
    plans.push(nextFlair({ epoch: next.epoch, at }, { target, recipient, before: base, wanted }));
    return true;
  }

  function judge(recipient: Recipient, shown: Shown | null): void {
    const { agentId, nativeId } = recipient;
    const before = byAgent.get(agentId) ?? null;
    const state = outbox.get(agentId) ?? "none";
    const comparison =
      shown === null ? unread(state) : compareFlair({ known: before, wanted: renderedBy(view, recipient, before), shown, outbox: state });
    if (comparison === "notRead" || comparison.kind !== "diverged") {
      const kind = comparison === "notRead" ? comparison : comparison.kind;
      counts[kind] += 1;
      const isBehind = before !== null && (before.deliveredVersion ?? 0) < before.version && state === "none";
      if (kind === "equal" && isBehind) seen.push({ ...before, deliveredVersion: before.version, deliveredAt: at });
      return;
    }
    const { cause } = comparison;
    const isSent = shown !== null && comparison.isSent && repair(recipient, cause, shown);
    counts.diverged += 1;
    causes[cause] = (causes[cause] ?? 0) + 1;
    if (divergences.length < mostListed) divergences.push({ agentId, nativeId, cause, isSent });
  }

  if (view === null) for (const recipient of rest) judge(recipient, null);
  else {
    const byId = new Map(rest.map((recipient) => [recipient.agentId, recipient]));
    for await (const chunk of view.shown(rest)) {
      if (signal.aborted && signal.reason instanceof StoppedError) throw signal.reason;
      for (const { agentId, shown } of chunk) {
        const recipient = byId.get(agentId);
        if (recipient !== undefined) judge(recipient, shown);
      }
      output.progress(`${target.host}: ${counts.equal + counts.waiting + counts.unknown + counts.diverged} of ${rest.length} agents read`);
    }
    output.progressDone();
  }
  return {
    counts: { ...counts, causes, statuses, divergences },
    versions: [...plans.map(({ version }) => version), ...seen],
    messages: plans.map(({ message }) => message),
  };
}

/** What can be said of a host that shows nothing to us. */
function unread(outbox: OutboxState): Comparison | "notRead" {
  if (outbox === "none") return "notRead";
  return outbox === "waiting" ? { kind: "waiting" } : { kind: "diverged", cause: "stuck", isSent: false };
}

function renderedBy(view: FlairView | null, recipient: Recipient, known: KnownFlair | null): Readonly<Record<string, string>> {
  if (view === null || known === null) return {};
  const flair: WantedFlair | null = known.wanted === null ? null : JSON.parse(known.wanted);
  const { epoch, version, deliveredVersion } = known;
  // Nothing was ever told, and nothing is wanted.
  if (flair === null && deliveredVersion === null && version === 0) return {};
  return view.render({ kind: "flair", recipient, epoch, version, decidedAt: "", flair });
}

function neverTold(agentId: string, host: string): KnownFlair {
  return { agentId, host, epoch: 0, version: 0, wanted: null, deliveredVersion: null, deliveredAt: null };
}

/**
 * Where the message with the wanted version stands: on its way, or stuck until somebody mends something. A held message keeps
 * the later ones back; a dead one of an older version does not matter any more.
 */
async function outboxStates(
  outbox: DecisionStore["outbox"],
  host: string,
  known: ReadonlyMap<string, KnownFlair>,
): Promise<ReadonlyMap<string, OutboxState>> {
  const states = new Map<string, OutboxState>();
  const told = async (state: MessageState) =>
    (await outbox.list({ host, state, limit: mostMessages })).filter(({ kind }) => kind === "flair");
  const isCurrent = ({ subjectId, version }: Message) => version === known.get(subjectId)?.version;
  for (const state of ["pending", "in_flight"] as const)
    for (const message of await told(state)) if (isCurrent(message)) states.set(message.subjectId, "waiting");
  for (const message of await told("dead")) if (isCurrent(message)) states.set(message.subjectId, "stuck");
  for (const { subjectId } of await told("held")) states.set(subjectId, "stuck");
  return states;
}

/** A chunk of agents a commit: each agent's version and message together. What hides comes first. */
async function write(
  { store, runId }: ReconcileDeps,
  plan: { readonly versions: readonly KnownFlair[]; readonly messages: readonly PlannedMessage[] },
) {
  const messageOf = new Map(plan.messages.map((message) => [message.subjectId, message]));
  const order = plan.versions.toSorted(
    (one, other) => (messageOf.get(other.agentId)?.priority ?? 0) - (messageOf.get(one.agentId)?.priority ?? 0),
  );
  for (let start = 0; start < order.length; start += versionsPerCommit) {
    const flairVersions = order.slice(start, start + versionsPerCommit);
    const messages = flairVersions.flatMap(({ agentId }) => messageOf.get(agentId) ?? []);
    await store.commit({ runId, snapshots: [], definitions: [], entries: [], decisions: [], entitlements: [], flairVersions, messages });
  }
}

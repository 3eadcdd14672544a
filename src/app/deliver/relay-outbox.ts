import type { AdjustmentPayload } from "../../domain/deliver/message.ts";
import { planSettlement } from "../../domain/deliver/outcome.ts";
import { countEnd, noRelayTotals, type RelayEnd, type RelayTotals } from "../../domain/deliver/relay-totals.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ClaimedMessage, DecisionStore, Settlement } from "../../ports/decision-store.ts";
import type { HostCounts, RecognitionHost } from "../../ports/recognition-host.ts";
import { type LeaseDeps, underLease } from "../connect/under-lease.ts";
import { currentVersions } from "./current-versions.ts";

export interface RelayDeps extends LeaseDeps {
  readonly decisions: Pick<DecisionStore, "outbox" | "flairVersions">;
  /** Puts what was decided into the archive (`archiveLedger`): nothing else may be claimed. */
  readonly archive: () => Promise<unknown>;
  readonly clock: Clock;
  /** In [0, 1): full jitter. */
  readonly random: () => number;
  /** Ends early when the run is stopped. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface RelayRequest {
  /** How long to go on, counted from the last message that got through, while retries and pauses are all there is. */
  readonly patienceMs: number;
  /** Aborted: what is in flight is finished, nothing more is begun. */
  readonly signal: AbortSignal;
  readonly onProgress?: (host: string, totals: RelayTotals) => void;
}

export interface HostRelayed {
  readonly host: string;
  readonly totals: RelayTotals;
  /** Messages that were tried, did not get through and wait for another attempt. */
  readonly stillRetrying: number;
  /** What was said the last time something did not get through. */
  readonly lastFailure: string | null;
  readonly counts: HostCounts;
  /** What ended the telling of this host before its time: refused credentials, a full disk, another process at it. */
  readonly trouble: unknown;
}

/** Beside the time one sending may take, a claim covers the wait for its turn. */
const claimSlackMs = 60_000;
const messageKinds = ["award", "revocation", "flair", "adjustment", "points"] as const;

/** Tells every host what is due for it, all at the same time. What goes wrong at one host does not stop the others. */
export async function relayOutbox(deps: RelayDeps, hosts: readonly RecognitionHost[], request: RelayRequest): Promise<HostRelayed[]> {
  await deps.archive();
  return Promise.all(
    hosts.map(async (host) => {
      const use = { name: `relay:${host.name}`, doing: `telling ${host.name}`, code: "RELAY_RUNNING" };
      try {
        // The rate is the host's, whoever calls it: one process at a time keeps to it for all.
        return await underLease(deps, use, (lost) => tellHost(deps, host, request, lost));
      } catch (trouble) {
        return { host: host.name, totals: noRelayTotals, stillRetrying: 0, lastFailure: null, counts: host.counts(), trouble };
      }
    }),
  );
}

/** Messages of one kind that go into one call. */
interface Batch {
  readonly messages: readonly ClaimedMessage[];
  readonly claimedAt: number;
}

async function tellHost(deps: RelayDeps, host: RecognitionHost, request: RelayRequest, lost: AbortSignal): Promise<HostRelayed> {
  const { clock, holder, sleep } = deps;
  const { outbox } = deps.decisions;
  const claimMs = host.longestSendMs + claimSlackMs;
  const claimLimit = Math.max(host.inFlight, ...messageKinds.map((kind) => host.batchSize(kind)));
  const versionOf = currentVersions(deps, host.name);
  const running = new Set<Promise<void>>();
  const retriesAt = new Map<number, number>();
  let inHand: Batch[] = [];
  let totals = noRelayTotals;
  let trouble: unknown = null;
  let lastFailure: string | null = null;
  let gotThroughAt = clock.now();

  const isStopping = () => request.signal.aborted || lost.aborted || trouble !== null;
  const isWorthWaiting = (until: number) => until - gotThroughAt <= request.patienceMs;

  async function settle(message: ClaimedMessage, settlement: Settlement): Promise<void> {
    const now = clock.now();
    const isMine = await outbox.settle(message, settlement, now);
    const isOpen = settlement.kind === "retry" || settlement.kind === "returned";
    const end: RelayEnd = !isMine ? "lost" : isOpen ? "retried" : settlement.kind;
    totals = countEnd(totals, end);
    if (isOpen) {
      retriesAt.set(message.id, settlement.kind === "retry" ? settlement.nextAttemptAt : now);
      lastFailure = settlement.answer;
    } else {
      retriesAt.delete(message.id);
      gotThroughAt = now;
    }
    request.onProgress?.(host.name, totals);
  }

  /** Not sent by this process, or not for sure: due again at once. */
  const giveBack = (messages: readonly ClaimedMessage[], why: string) => settleAll(messages, () => ({ kind: "returned", answer: why }));

  async function settleAll(messages: readonly ClaimedMessage[], settlementOf: (at: number) => Settlement): Promise<void> {
    for (const [at, message] of messages.entries()) await settle(message, settlementOf(at));
  }

  async function tell({ messages, claimedAt }: Batch): Promise<void> {
    if (clock.now() > claimedAt + claimSlackMs) return giveBack(messages, "its turn did not come in time");
    const current = await versionOf();
    const isStale = ({ kind, subjectId, version }: ClaimedMessage) => kind === "flair" && (version ?? 0) < (current.get(subjectId) ?? 0);
    const stale = messages.filter(isStale);
    // Several changes of one agent become one: the latest carries everything.
    await settleAll(stale, () => ({ kind: "superseded", answer: "a newer version is wanted by now" }));
    const over = messages.filter((message) => isOver(message, clock.now()));
    await settleAll(over, () => ({ kind: "superseded", answer: "it was to end before it could be told" }));
    const sent = messages.filter((message) => !stale.includes(message) && !over.includes(message));
    if (sent.length === 0) return;
    try {
      const outcomes = await host.send(sent);
      await settleAll(sent, (at) => {
        const message = sent[at];
        const outcome = outcomes[at];
        if (message === undefined || outcome === undefined) throw new Error(`${host.name} left out what became of message ${at}`);
        return planSettlement(outcome, message, { now: clock.now(), random: deps.random() });
      });
    } catch (error) {
      trouble ??= error;
      await giveBack(sent, error instanceof Error ? error.message : String(error));
    }
  }

  function start(batch: Batch): void {
    const work = tell(batch)
      .catch((error: unknown) => {
        trouble ??= error;
      })
      .finally(() => running.delete(work));
    running.add(work);
  }

  async function claim(): Promise<void> {
    const claimedAt = clock.now();
    const messages = await outbox.claim({ host: host.name, limit: claimLimit, holder, leaseMs: claimMs, now: claimedAt });
    for (const { id } of messages) retriesAt.delete(id);
    inHand = batchesOf(host, messages).map((batch) => ({ messages: batch, claimedAt }));
  }

  async function letGo(why: string): Promise<void> {
    const batches = inHand;
    inHand = [];
    for (const { messages } of batches) await giveBack(messages, why);
  }

  try {
    while (!isStopping()) {
      const pauseMs = host.pauseMs();
      if (pauseMs > 0) {
        // Waited for without a message in hand: nobody else could send it meanwhile.
        await letGo("the host is not to be called for a while");
        if (running.size > 0) await Promise.race(running);
        else if (!isWorthWaiting(clock.now() + pauseMs)) break;
        else await sleep(pauseMs);
        continue;
      }
      if (inHand.length === 0) await claim();
      if (inHand.length === 0 && running.size === 0) {
        const next = Math.min(...retriesAt.values());
        if (retriesAt.size === 0 || !isWorthWaiting(next)) break;
        await sleep(Math.max(1, next - clock.now()));
        // Whatever is due is claimed; what is not there any more was taken by somebody else.
        for (const [id, at] of retriesAt) if (at <= clock.now()) retriesAt.delete(id);
        continue;
      }
      for (let batch = inHand[0]; batch !== undefined && running.size < host.inFlight; batch = inHand[0]) {
        inHand.shift();
        start(batch);
      }
      if (running.size >= host.inFlight || inHand.length === 0) await Promise.race(running);
    }
  } catch (error) {
    trouble ??= error;
  }
  await Promise.all(running);
  await letGo("the relay was stopped before it was sent").catch((error: unknown) => {
    trouble ??= error;
  });
  return {
    host: host.name,
    totals,
    stillRetrying: retriesAt.size,
    lastFailure,
    counts: host.counts(),
    trouble: trouble ?? (lost.aborted ? lost.reason : null),
  };
}

/** A boost that a relay of yesterday was to tell is not begun when it should have ended. */
function isOver({ kind, payload }: ClaimedMessage, now: number): boolean {
  if (kind !== "adjustment") return false;
  const { endsAt }: Partial<AdjustmentPayload> = JSON.parse(payload);
  return typeof endsAt === "string" && Date.parse(endsAt) <= now;
}

/** As they were claimed, the highest priority first; messages of a kind that the host takes by the hundred go together. */
function batchesOf(host: RecognitionHost, messages: readonly ClaimedMessage[]): ClaimedMessage[][] {
  const batches: ClaimedMessage[][] = [];
  for (const message of messages) {
    const last = batches.findLast(([first]) => first?.kind === message.kind);
    if (last !== undefined && last.length < host.batchSize(message.kind)) last.push(message);
    else batches.push([message]);
  }
  return batches;
}

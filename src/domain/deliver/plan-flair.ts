import { type FlairEntitlement, wantedFlair } from "./flair.ts";
import { type FlairPayload, flairMessage, type PlannedMessage, type Recipient, type WantedFlair } from "./message.ts";
import { nextPublication, type PublicationWindow } from "./publication.ts";

/** What is known of the flair of one agent at one host. */
export interface KnownFlair {
  readonly agentId: string;
  readonly host: string;
  readonly epoch: number;
  readonly version: number;
  /** A WantedFlair as JSON text; null for nothing. */
  readonly wanted: string | null;
  readonly deliveredVersion: number | null;
  readonly deliveredAt: number | null;
}

/** A host that shows flair. */
export interface FlairTarget {
  readonly host: string;
  /** The only source whose agents it knows; null for all. */
  readonly source: string | null;
  readonly publication: PublicationWindow | null;
}

export interface FlairSituation {
  readonly targets: readonly FlairTarget[];
  /** The agents in question, whole: an agent without entitlements shall show nothing. */
  readonly recipients: readonly Recipient[];
  /** All entitlements of these agents, those just decided included. */
  readonly entitlements: readonly FlairEntitlement[];
  /** What is known of these agents at these hosts. */
  readonly known: readonly KnownFlair[];
  readonly epoch: number;
  /** Epoch milliseconds: as of when. */
  readonly at: number;
  /** How long before its end a flair carries a notice. */
  readonly noticeMs: number;
}

export interface FlairPlan {
  readonly versions: readonly KnownFlair[];
  readonly messages: readonly PlannedMessage[];
}

/**
 * The least change: one new version and one message for each agent and host whose flair is to become another, nothing for the
 * rest, however many entitlements came and went in between. What hides comes first.
 */
export function planFlair(situation: FlairSituation): FlairPlan {
  const { targets, recipients, at, noticeMs } = situation;
  const entitlements = Map.groupBy(situation.entitlements, ({ agentId }) => agentId);
  const known = new Map(situation.known.map((one) => [placeOf(one), one]));
  const plans = recipients.flatMap((recipient) => {
    const wanted = wantedFlair(entitlements.get(recipient.agentId) ?? [], at, noticeMs);
    return targets
      .filter(({ source }) => source === null || source === recipient.source)
      .flatMap((target) => {
        const before = known.get(placeOf({ agentId: recipient.agentId, host: target.host })) ?? null;
        return (before?.wanted ?? null) === textOf(wanted) ? [] : [nextFlair(situation, { target, recipient, before, wanted })];
      });
  });
  return {
    versions: plans.map(({ version }) => version),
    messages: plans.map(({ message }) => message).toSorted((one, other) => other.priority - one.priority),
  };
}

export interface FlairChange {
  readonly target: FlairTarget;
  readonly recipient: Recipient;
  readonly before: KnownFlair | null;
  readonly wanted: WantedFlair | null;
}

/** The next version of an agent's flair at a host, and the message that tells it. Versions grow across epochs, too. */
export function nextFlair({ epoch, at }: Pick<FlairSituation, "epoch" | "at">, { target, recipient, before, wanted }: FlairChange) {
  const version = (before?.version ?? 0) + 1;
  const payload: FlairPayload = {
    kind: "flair",
    recipient,
    epoch: Math.max(epoch, before?.epoch ?? 0),
    version,
    decidedAt: new Date(at).toISOString(),
    flair: wanted,
  };
  const notBefore = target.publication === null ? null : nextPublication(target.publication, at);
  const known: KnownFlair = {
    agentId: recipient.agentId,
    host: target.host,
    epoch: payload.epoch,
    version,
    wanted: textOf(wanted),
    deliveredVersion: before?.deliveredVersion ?? null,
    deliveredAt: before?.deliveredAt ?? null,
  };
  return { version: known, message: flairMessage(payload, { host: target.host, notBefore }) };
}

function textOf(flair: WantedFlair | null): string | null {
  return flair === null ? null : JSON.stringify(flair);
}

function placeOf({ agentId, host }: { readonly agentId: string; readonly host: string }): string {
  return JSON.stringify([agentId, host]);
}

import type { DecisionStore, Message, MessageState } from "../../ports/decision-store.ts";

/** What a relay would do now at one host. */
export interface RelayPlan {
  readonly host: string;
  /** The next to be told, in order: the first few of `due`. */
  readonly next: readonly Message[];
  readonly due: number;
  /** Waiting for a retry, or for the publication window. */
  readonly waiting: number;
  readonly byState: Readonly<Partial<Record<MessageState, number>>>;
  /** True where there are more than were looked at: `due` and `waiting` are then at least so many. */
  readonly isMore: boolean;
}

/** Beyond this many the plan says "at least". */
const mostLookedAt = 10_000;
const mostShown = 20;

/** Reads only. */
export async function planRelay(outbox: DecisionStore["outbox"], hosts: readonly string[], now: number): Promise<RelayPlan[]> {
  const counts = await outbox.counts();
  const plans: RelayPlan[] = [];
  for (const host of hosts) {
    const pending = await outbox.list({ host, state: "pending", limit: mostLookedAt });
    const due = pending.filter(({ nextAttemptAt }) => nextAttemptAt <= now).toSorted((a, b) => b.priority - a.priority || a.id - b.id);
    const mine = counts.filter((count) => count.host === host);
    plans.push({
      host,
      next: due.slice(0, mostShown),
      due: due.length,
      waiting: pending.length - due.length,
      byState: Object.fromEntries(mine.map(({ state, messages }) => [state, messages])),
      isMore: pending.length === mostLookedAt,
    });
  }
  return plans;
}

/** Hosts that messages wait for, though the config does not name them. */
export async function forgottenHosts(
  outbox: DecisionStore["outbox"],
  configured: readonly string[],
): Promise<{ host: string; messages: number }[]> {
  const open = (await outbox.counts()).filter(({ state }) => state === "pending" || state === "in_flight" || state === "held");
  const left = open.filter(({ host }) => !configured.includes(host));
  const byHost = Map.groupBy(left, ({ host }) => host);
  return [...byHost].map(([host, counts]) => ({ host, messages: counts.reduce((sum, { messages }) => sum + messages, 0) }));
}

import type { Clock } from "../../ports/clock.ts";
import type { DecisionStore } from "../../ports/decision-store.ts";

/** An older answer than this is asked for anew. Sending a version that was wanted seconds ago does no harm: the newer one follows. */
const freshMs = 5_000;

/** The flair version that is wanted now, per agent, at a host. */
export function currentVersions(
  { decisions, clock }: { readonly decisions: Pick<DecisionStore, "flairVersions">; readonly clock: Clock },
  host: string,
): () => Promise<ReadonlyMap<string, number>> {
  let known: { readonly at: number; readonly versions: Promise<ReadonlyMap<string, number>> } | null = null;
  const read = async () => new Map((await decisions.flairVersions(host)).map(({ agentId, version }) => [agentId, version]));
  return () => {
    const now = clock.now();
    if (known === null || now - known.at > freshMs || now < known.at) known = { at: now, versions: read() };
    return known.versions;
  };
}

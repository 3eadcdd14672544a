import type { LedgerEntry, StoredDecision } from "../../src/ports/decision-store.ts";
import type { StateStore } from "../../src/ports/state-store.ts";

/** Everything decided so far, and closes the store: the whole ledger, and the latest decision of each subject. */
export async function listStore(store: StateStore): Promise<{ ledger: LedgerEntry[]; decisions: StoredDecision[] }> {
  try {
    const ledger: LedgerEntry[] = [];
    for await (const entries of store.decisions.entries({})) ledger.push(...entries);
    const ids = (await store.decisions.definitions("milestone")).map(({ definitionId }) => definitionId);
    const decisions: StoredDecision[] = [];
    for await (const some of store.decisions.decisions({ definitionIds: [...new Set(ids)] })) decisions.push(...some);
    return { ledger, decisions };
  } finally {
    await store.close();
  }
}

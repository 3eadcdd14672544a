import { ConfigError } from "../../errors.ts";
import type { DecisionStore } from "../../ports/decision-store.ts";
import type { Warehouse } from "../../ports/warehouse.ts";

export interface OwnerDeps {
  readonly warehouse: Pick<Warehouse, "owner" | "setOwner">;
  readonly store: Pick<DecisionStore, "id" | "epoch">;
}

/**
 * Of two operational stores that decide on one warehouse each would award what the other has awarded. So the first one that
 * writes a decision owns the warehouse, and any other is refused. To be called before anything is decided or exported;
 * with `isPlan` a warehouse without an owner is left as it is.
 * @throws ConfigError when another store owns the warehouse, or this one is a copy from before its last restore.
 */
export async function requireOwner({ warehouse, store }: OwnerDeps, { isPlan = false }: { readonly isPlan?: boolean } = {}): Promise<void> {
  const owner = await warehouse.owner();
  const mine = { stateStoreId: await store.id(), epoch: await store.epoch() };
  if (owner !== null && owner.stateStoreId !== mine.stateStoreId) throw otherStore(owner.stateStoreId, "decides on this warehouse");
  if (owner !== null && owner.epoch > mine.epoch) throw oldCopy(owner.epoch, mine.epoch);
  if (isPlan || owner?.epoch === mine.epoch) return;
  await warehouse.setOwner(mine, owner);
}

export function otherStore(id: string, what: string): ConfigError {
  return new ConfigError(`another operational store (${id.slice(0, 8)}) ${what}: with this one everything would be awarded a second time`, {
    code: "OTHER_STORE",
    hint: "give every host the same store in the config (state); if that store is lost, run 'gami state restore'",
  });
}

export function oldCopy(current: number, epoch: number): ConfigError {
  return new ConfigError(
    `this operational store is a copy from before its last restore (epoch ${epoch}, now ${current}): it lacks what was decided since`,
    {
      code: "STORE_OUTDATED",
      hint: "use the restored store, or bring this one up to date with 'gami state restore'",
    },
  );
}

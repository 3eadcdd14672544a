import { ConfigError, LockHeldError } from "../../errors.ts";
import type { WarehouseOwner } from "../../ports/warehouse.ts";
import type { Connection } from "./connection.ts";

/** The one store that decides on this warehouse; null while none has. */
export async function readOwner({ dialect, rows }: Pick<Connection, "dialect" | "rows">): Promise<WarehouseOwner | null> {
  const owners = await rows(`select distinct state_store_id, epoch from ${dialect.table("meta.owner")} order by state_store_id, epoch`);
  const [owner, ...others] = owners.map((row) => ({ stateStoreId: String(row.state_store_id), epoch: Number(row.epoch) }));
  if (owner === undefined) return null;
  if (others.length > 0) throw disputed([owner, ...others]);
  return owner;
}

/** Compare and set. @throws LockHeldError when the warehouse has another owner than `before` by now. */
export async function writeOwner(
  connection: Connection,
  { stateStoreId, epoch }: WarehouseOwner,
  before: WarehouseOwner | null,
): Promise<void> {
  const { table, types } = connection.dialect;
  const owner = table("meta.owner");
  if (before === null) {
    await connection.run(
      `insert into ${owner} (state_store_id, epoch)
      select cast($1 as ${types.text}), cast($2 as ${types.integer}) from (select 1 as one) as one_row
      where not exists (select 1 from ${owner})`,
      [stateStoreId, epoch],
    );
    const now = await readOwner(connection);
    if (now?.stateStoreId !== stateStoreId || now.epoch !== epoch) throw taken();
    return;
  }
  await connection.transact((transaction) =>
    transaction.changeOne({
      table: owner,
      set: `state_store_id = $1, epoch = $2`,
      where: "state_store_id = $3 and epoch = $4",
      values: [stateStoreId, epoch, before.stateStoreId, before.epoch],
      otherwise: taken(),
    }),
  );
}

function taken(): LockHeldError {
  return new LockHeldError("another process changed the owner of the warehouse in between", {
    code: "OWNER_CHANGED",
    hint: "run the command again",
  });
}

/** Two hosts began at the very same time, where a warehouse cannot keep them apart. */
function disputed(owners: readonly WarehouseOwner[]): ConfigError {
  return new ConfigError(`two operational stores own this warehouse: ${owners.map(({ stateStoreId }) => stateStoreId).join(" and ")}`, {
    code: "OWNER_DISPUTED",
    hint: "decide which one is to be used, give every host that one in its config, and delete the other's row from meta.owner",
  });
}

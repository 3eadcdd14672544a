import { type GamiError, LockHeldError, WarehouseError } from "../../errors.ts";
import type { Connection, Transaction } from "./connection.ts";
import type { Dialect } from "./dialect.ts";

/** Its one row is made by the first claim, where the table was not made with it. */
export async function seedCursor(connection: Pick<Connection, "run" | "dialect">, name: string): Promise<void> {
  const { capabilities, table, types } = connection.dialect;
  if (capabilities.seedsCursors) return;
  const cursor = table(name);
  await connection.run(
    `insert into ${cursor} select 0, 0, cast(null as ${types.text}), cast(null as ${types.text}) where not exists (select 1 from ${cursor})`,
  );
}

/** Of claims at once one wins a round, so this many rounds are enough for as many processes. */
const mostRounds = 50;

/** Takes a cursor over: whoever held it before can commit no more. Each claim gets a fence of its own, by compare-and-set. */
export async function claimCursor(connection: Connection, name: string) {
  await seedCursor(connection, name);
  const cursor = connection.dialect.table(name);
  for (let round = 1; ; round++) {
    const { fence } = await readCursor(connection, cursor, name);
    const changed = await connection.run(`update ${cursor} set fence = $1 where fence = $2`, [fence + 1, fence]);
    if (changed !== 1) {
      if (round === mostRounds) throw overtaken(name);
      continue;
    }
    // Read after the fence: whoever committed last before it is in, and nobody else can be.
    const claimed = await readCursor(connection, cursor, name);
    return { ...claimed, fence: fence + 1 };
  }
}

async function readCursor(connection: Connection, cursor: string, name: string) {
  const rows = await connection.rows(`select fence, seq, position from ${cursor}`);
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw damaged(name, rows.length);
  return {
    fence: Number(row.fence),
    seq: Number(row.seq),
    position: typeof row.position === "string" ? row.position : null,
  };
}

export interface CursorMove {
  readonly fence: number;
  readonly seq: number;
  /** Null leaves it where it was: a backfill does not move it. */
  readonly position: string | null;
  readonly batchId: string;
}

/** @throws LockHeldError when somebody has claimed the stream since; the caller's transaction then writes nothing. */
export async function moveCursor(
  transaction: Transaction,
  { table, types }: Dialect,
  name: string,
  { fence, seq, position, batchId }: CursorMove,
): Promise<void> {
  await transaction.changeOne({
    table: table(name),
    set: `seq = $1, position = coalesce(cast($2 as ${types.text}), position), batch_id = $3`,
    where: "fence = $4 and seq = $5",
    values: [seq, position, batchId, fence, seq - 1],
    otherwise: overtaken(name),
  });
}

/** Moves only the place to resume from: a read that found nothing new brings no batch. @throws LockHeldError as moveCursor. */
export async function movePosition(
  transaction: Transaction,
  { table }: Dialect,
  name: string,
  { fence, seq, position }: { readonly fence: number; readonly seq: number; readonly position: string },
): Promise<void> {
  await transaction.changeOne({
    table: table(name),
    set: "position = $1",
    where: "fence = $2 and seq = $3",
    values: [position, fence, seq],
    otherwise: overtaken(name),
  });
}

export async function forgetPosition({ dialect, run }: Connection, name: string): Promise<void> {
  await run(`update ${dialect.table(name)} set position = null, fence = fence + 1 where true`);
}

function overtaken(name: string): GamiError {
  const stream = name.replace("meta.cursor_", "");
  return new LockHeldError(`another run took over ${stream} while this one was at work; this one wrote nothing more`, {
    code: "FENCED_OFF",
    hint: "let the other run finish ('gami runs list'), then run the same command again if anything is missing",
  });
}

function damaged(name: string, rows: number): GamiError {
  return new WarehouseError(`the cursor ${name} has ${rows} rows where it must have one: somebody changed it by hand`, {
    code: "CURSOR_DAMAGED",
    hint: "run 'gami warehouse rebuild': it makes the cursors again from the archive",
  });
}

/** For the rebuilding, where there is nobody to shut out. */
export async function placeCursor(
  transaction: Transaction,
  { table, types }: Dialect,
  name: string,
  { fence, seq, position, batchId }: CursorMove,
): Promise<void> {
  await transaction.run(
    `update ${table(name)}
    set fence = greatest(fence, $1), seq = $2, position = coalesce(cast($3 as ${types.text}), position), batch_id = $4
    where true`,
    [fence, seq, position, batchId],
  );
}

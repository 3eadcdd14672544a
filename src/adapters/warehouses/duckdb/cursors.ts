import { LockHeldError } from "../../../errors.ts";
import type { Connection } from "./driver.ts";
import { inTransaction } from "./transaction.ts";

/** Takes a cursor over: whoever held it before can commit no more. */
export async function claimCursor(connection: Connection, table: string) {
  await inTransaction(connection, async () => {
    await connection.run(`insert into ${table} select 0, 0, null, null where not exists (select 1 from ${table})`);
    await connection.run(`update ${table} set fence = fence + 1`);
  });
  const [row] = await connection.rows(`select fence, seq, position from ${table}`);
  return {
    fence: Number(row?.fence),
    seq: Number(row?.seq),
    position: typeof row?.position === "string" ? row.position : null,
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
export async function moveCursor(connection: Connection, table: string, { fence, seq, position, batchId }: CursorMove): Promise<void> {
  const changed = await connection.run(
    `update ${table} set seq = $1, position = coalesce($2, position), batch_id = $3 where fence = $4 and seq = $5`,
    [seq, position, batchId, fence, seq - 1],
  );
  if (changed !== 1) throw overtaken(table);
}

/** Moves only the place to resume from: a read that found nothing new brings no batch. @throws LockHeldError as moveCursor. */
export async function movePosition(
  connection: Connection,
  table: string,
  { fence, seq, position }: { readonly fence: number; readonly seq: number; readonly position: string },
): Promise<void> {
  const changed = await connection.run(`update ${table} set position = $1 where fence = $2 and seq = $3`, [position, fence, seq]);
  if (changed !== 1) throw overtaken(table);
}

function overtaken(table: string): LockHeldError {
  const stream = table.replace("meta.cursor_", "");
  return new LockHeldError(`another run took over ${stream} while this one was at work; this one wrote nothing more`, {
    code: "FENCED_OFF",
    hint: "let the other run finish ('gami runs list'), then run the same command again if anything is missing",
  });
}

/** For the rebuilding, where there is nobody to shut out. */
export async function placeCursor(connection: Connection, table: string, { fence, seq, position, batchId }: CursorMove): Promise<void> {
  await connection.run(`insert into ${table} select 0, 0, null, null where not exists (select 1 from ${table})`);
  await connection.run(`update ${table} set fence = greatest(fence, $1), seq = $2, position = coalesce($3, position), batch_id = $4`, [
    fence,
    seq,
    position,
    batchId,
  ]);
}

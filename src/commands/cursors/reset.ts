import { isStreamName, type SourceFamily, sourceFamilies, streamNames } from "../../domain/records/streams.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

export interface ResetCursorInput {
  readonly source: string;
  readonly stream: string;
  readonly dryRun?: true;
}

/** Forgets where a stream resumes. Loaded rows stay: the next read starts from the beginning and finds them unchanged. */
export async function run({ deps }: CommandContext, { source, stream, dryRun }: ResetCursorInput): Promise<CommandResult> {
  const family = parseFamily(source);
  if (!isStreamName(stream)) {
    throw new UsageError(`"${stream}" is not a stream: expected one of ${streamNames.join(", ")}`, {
      code: "USAGE",
      hint: "run 'gami cursors show'",
    });
  }
  const warehouse = await deps.warehouse();
  const cursor = (await warehouse.cursors()).find((one) => one.family === family && one.stream === stream);
  const json = { source: family, stream, previousPosition: cursor?.position ?? null, isDryRun: dryRun === true };
  if (cursor === undefined || cursor.position === null) {
    return { exitCode: exitCodes.done, status: "nothing_to_do", json, text: `${family} ${stream} has no position to forget` };
  }
  if (dryRun)
    return { exitCode: exitCodes.done, status: "done", json, text: `would forget position ${cursor.position} of ${family} ${stream}` };
  await warehouse.resetCursor(family, stream);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json,
    text: `${family} ${stream} starts from the beginning next time (was at ${cursor.position})`,
  };
}

/** `csv` or `csv:bank`: all sources of a family share their cursors. */
function parseFamily(source: string): SourceFamily {
  const word = source.split(":", 1)[0];
  const family = sourceFamilies.find((name) => name === word);
  if (family !== undefined) return family;
  throw new UsageError(`"${source}" is not a source: expected one of ${sourceFamilies.join(", ")}`, {
    code: "USAGE",
    hint: "run 'gami cursors show'",
  });
}

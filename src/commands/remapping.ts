import type { FindRemapper } from "../app/ingest/remapper.ts";
import type { CommandContext } from "./command.ts";

/** Finds the mapping that archived records of a CSV source were read by, or the file given instead; other sources stay as they are. */
export function findRemapperIn(
  deps: CommandContext["deps"],
  { mapping, only }: { readonly mapping: string | undefined; readonly only: string | undefined },
): FindRemapper {
  return async (source, version) => {
    const isMeant = only === undefined ? source.startsWith("csv:") : source === only;
    return isMeant ? (await deps.fileSource()).remapper({ source, version, mapping: mapping ?? null }) : null;
  };
}

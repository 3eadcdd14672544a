import type { SourceItem } from "../../ports/source.ts";

/** Reads archived source records again, by the mapping that read them first or by today's. */
export interface Remapper {
  readonly map: (row: { readonly place: string; readonly payload: string }) => SourceItem;
  /** Of the mapping used now. */
  readonly mapperVersion: string;
  /** As `SourceRead.datedBy`. */
  readonly datedBy: string | null;
}

/** The remapper for records that `mapperVersion` of a source read first; null when they are to stay as they are. */
export type FindRemapper = (source: string, mapperVersion: string) => Promise<Remapper | null>;

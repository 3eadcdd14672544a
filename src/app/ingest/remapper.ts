import type { StreamName } from "../../domain/records/streams.ts";
import type { SourceItem } from "../../ports/source.ts";

/** A record of the archive or of the quarantine, as received. */
export interface SourceDocument {
  readonly place: string;
  readonly payload: string;
}

/** Reads archived source records again, by the mapping that read them first or by today's. */
export interface Remapper {
  /** Everything a source record gives, or why it is refused. */
  readonly map: (document: SourceDocument) => readonly SourceItem[];
  /** Of the mapping used now. */
  readonly mapperVersion: string;
  /** As `SourceRead.datedBy`. */
  readonly datedBy: string | null;
  /** The streams one record may fill; absent where it fills that of its batch alone. */
  readonly streams?: readonly StreamName[];
  /** Where the record stood that the row of this place was made from; absent where each row has a record of its own. */
  readonly documentOf?: (place: string) => string;
}

/** The remapper for a stream's records that `mapperVersion` of a source read first; null when they are to stay as they are. */
export type FindRemapper = (source: string, mapperVersion: string, stream: StreamName) => Promise<Remapper | null>;

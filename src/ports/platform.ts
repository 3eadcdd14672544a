import type { Slice } from "../domain/extract/slices.ts";
import type { StreamName } from "../domain/records/streams.ts";
import type { SourceItem } from "./source.ts";

/** One thing a platform can be asked for; what `gami extract --list` shows. */
export interface ReadDescription {
  /** `conversations`, `users`, ... as the user names it with --stream, beside the streams it fills. */
  readonly name: string;
  /** The canonical streams it yields, whose cursors are claimed and committed together. */
  readonly streams: readonly StreamName[];
  readonly grain: string;
  readonly key: string;
  /** slices: by time. snapshot: everything there is, each time. */
  readonly kind: "slices" | "snapshot";
  /** How the platform pages inside a slice: its cursor, a job's cursor, page numbers, offsets. */
  readonly paging: "cursor" | "job" | "pages" | "offset" | "link" | "file";
  /** How long after its time a record may still appear or change. */
  readonly latenessHours: number;
  readonly sliceHours: number;
  /** What the service account must be allowed to do. */
  readonly permission: string;
}

/**
 * How a field of a source differs from what gami knows: sent without being known, or known and empty in some records.
 * `of`: the records, or parts of records, that could have had it.
 */
export interface FieldDrift {
  readonly read: string;
  /** `participants[].sessions[].mediaType` */
  readonly field: string;
  readonly kind: "unknown" | "empty";
  readonly records: number;
  readonly of: number;
}

/** A page of source records, mapped, and where to go on inside its slice. */
export interface Page {
  readonly items: readonly SourceItem[];
  /** The platform's own cursor after this page; null where the slice must start over after a crash. */
  readonly resume: string | null;
  readonly whole?: WholeDocuments;
}

/** Documents a page holds whole: rows of these streams that belong to one of them and are not on the page are gone. */
export interface WholeDocuments {
  readonly streams: readonly StreamName[];
  /** The text column that names the document in each of the streams. */
  readonly column: string;
  readonly ids: readonly string[];
  /** True where they belong to a time that was read before, whatever slice they were found in. */
  readonly wereRead?: boolean;
}

/** How a platform's source records, kept as they were received, are mapped again. Nobody is called for it. */
export interface DocumentReader {
  readonly streams: readonly StreamName[];
  readonly read: (document: { readonly place: string; readonly payload: string }) => readonly SourceItem[];
  /** The place of the whole record behind the place of one of its parts. */
  readonly documentOf: (place: string) => string;
}

/**
 * A contact-centre platform under one contract. All its words end here: what comes out is canonical.
 * A cursor that has expired is the adapter's to notice; it starts the slice over, and equal records change nothing.
 */
export interface Platform {
  readonly source: "genesys" | "cxone";
  readonly contract: "guide" | "platform";
  /** Names the code that maps: part of a batch's identity. */
  readonly mapperVersion: string;
  readonly reads: readonly ReadDescription[];
  /** Up to where the platform has its data for this read, epoch milliseconds: never past now. */
  available(read: ReadDescription): Promise<number>;
  /** `covered`: what was read to its end before; records that lie there may have changed since. */
  pages(read: ReadDescription, slice: Slice, resume: string | null, covered?: readonly Slice[]): AsyncIterable<Page>;
  /** From a place inside a slice, one that reads the slice whole again at no further cost (a job's beginning); null where there is none. */
  rewind?(read: ReadDescription, resume: string): string | null;
  /** Reads archived records of a stream again; null for a stream that this contract does not fill. */
  documents?(stream: StreamName): DocumentReader | null;
  /** Fields seen so far that differ from what gami knows. */
  drift?(): readonly FieldDrift[];
  /** Requests, throttles, waits so far: part of the control totals. */
  counts(): { readonly requests: number; readonly throttled: number; readonly faults: number; readonly waitedMs: number };
}

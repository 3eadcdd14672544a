import type { SourceItem, SourceRead } from "./source.ts";

export interface FileRequest {
  readonly file: string;
  /** The mapping file; null takes the one beside the file. */
  readonly mapping: string | null;
}

/** A file that was found, looked at and fits its mapping; nothing of it has been loaded. */
export interface OpenedFile {
  readonly file: string;
  readonly mapping: string;
  readonly read: SourceRead;
  readonly bytes: number;
  /** How far the reading is, for progress. */
  bytesRead(): number;
  /** Keeps the mapping where a retry or a remap finds it, before anything is loaded by it. */
  keepMapping(): void;
}

/** Which archived records are to be mapped again, and by what. */
export interface RemapRequest {
  /** `csv:technion`, as the batch says. */
  readonly source: string;
  /** The mapper version that read the records first. */
  readonly version: string;
  /** A mapping file; null takes the one the import used as it is now, and the kept copy where that is gone. */
  readonly mapping: string | null;
}

export interface FileRemapper {
  /** Maps an archived source record again. The result's `payload` is scrubbed by the mapping in use. */
  readonly map: (row: { readonly place: string; readonly payload: string }) => SourceItem;
  /** Of the mapping used now. */
  readonly mapperVersion: string;
  /** As `SourceRead.datedBy`. */
  readonly datedBy: string | null;
}

/** Files with records in them. */
export interface FileSource {
  /**
   * Opens a file and ties it to its mapping; nothing is written.
   * @throws ConfigError for a mapping that is wrong or does not fit the header; SourceBrokenError for a file that cannot be read.
   */
  open(request: FileRequest): Promise<OpenedFile>;
  /** A proposed mapping for a file, as commented YAML. */
  infer(file: string): Promise<string>;
  /** @throws ConfigError when the mapping of that version was not kept, or the one to use is of another source. */
  remapper(request: RemapRequest): Promise<FileRemapper>;
}

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

/** Maps an archived source record again. The result's `payload` is scrubbed by the mapping in use. */
export type RemapRow = (row: { readonly place: string; readonly payload: string }) => SourceItem;

/** Files with records in them. */
export interface FileSource {
  /**
   * Opens a file and ties it to its mapping; nothing is written.
   * @throws ConfigError for a mapping that is wrong or does not fit the header; SourceBrokenError for a file that cannot be read.
   */
  open(request: FileRequest): Promise<OpenedFile>;
  /** A proposed mapping for a file, as commented YAML. */
  infer(file: string): Promise<string>;
  /**
   * Reads archived records of a mapper version: by the very mapping that read them first, or by another mapping file.
   * @throws ConfigError when the mapping of that version is not there any more.
   */
  remapper(version: string, mapping: string | null): Promise<RemapRow>;
  /** The version of records that were first read by `version` and are mapped by another file now. */
  mapperVersion(version: string, mapping: string | null): Promise<string>;
}

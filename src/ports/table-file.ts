/** The rows of a file with a header line, by column name, a chunk at a time; every value is text. */
export interface TableFile {
  readonly columns: readonly string[];
  rows(): AsyncIterable<readonly Readonly<Record<string, string>>[]>;
}

/** @throws SourceBrokenError when there is no such file or it is no CSV text. */
export type OpenTableFile = (path: string) => Promise<TableFile>;

/** What a file came to when it was closed. */
export interface WrittenFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A text file being written. `add` only remembers; `drain` waits until little is left in memory. */
export interface TextSink {
  add(text: string): void;
  drain(): Promise<void>;
  close(): Promise<WrittenFile>;
}

/** A folder that one command fills with files of known names, and may fill again. */
export interface OutputFolder {
  readonly path: string;
  open(name: string): Promise<TextSink>;
  /** Says that all is there: without it, readers must not trust the folder. */
  seal(name: string, text: string): Promise<void>;
  /** Closes what is still open. */
  close(): Promise<void>;
}

export interface OutputFolderOptions {
  readonly path: string;
  /** All names that may be written; any other name in the folder means that it belongs to somebody else. */
  readonly names: readonly string[];
  /** Written first; a folder that is not empty must hold it to be filled again. */
  readonly marker: string;
}

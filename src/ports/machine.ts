/** What a path is, as far as this user can see. */
export interface PathState {
  readonly kind: "file" | "folder" | "missing";
  /** Whether this user can write it; for a missing path, whether it could be made. */
  readonly isWritable: boolean;
  /** Permission bits of a file, like 0o600; null where it is missing. */
  readonly mode: number | null;
  /** Free bytes on its disk. */
  readonly freeBytes: number;
}

/** The machine gami runs on, for `gami doctor`. */
export interface Machine {
  readonly nodeVersion: string;
  /** Version of the IANA time zone data inside Node, like `2026b`. */
  readonly timeZoneVersion: string;
  inspect(path: string): Promise<PathState>;
}

/** The folder a project lives in: its config, its key, what gami manages. Paths are relative to it. */
export interface ProjectFolder {
  /** Absolute. */
  readonly path: string;
  /** Null when there is no such file. */
  read(path: string): Promise<string | null>;
  /** Writes the whole file or nothing, folders included. `isSecret`: for nobody but this user. */
  write(path: string, text: string, options?: { readonly isSecret?: boolean }): Promise<void>;
}

/** What this warehouse can do, by name; callers ask for the capability and never for the kind. */
export const capabilities = {
  /** One process at a time may have the file open. */
  isExclusive: true,
  transactionalDdl: true,
  /** A file of the archive is read where it lies, without an upload. */
  readsLocalFiles: true,
} as const;

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal, for the few places that take no bound value: file names in COPY and table functions. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What looks after the operational store as a whole: its chain, its archive, its backups. One form for every kind of store. */

/** One stored row by column name. Integers beyond 2^53 are text. */
export type KeptValue = string | number | null;
export interface KeptRow {
  readonly table: string;
  readonly row: Readonly<Record<string, KeptValue>>;
}

/** A stretch of commits between two restores. */
export interface Epoch {
  readonly epoch: number;
  readonly firstCommit: number;
}

/** The hash over an entry of the ledger and every entry before it. */
export interface ChainLink {
  readonly seq: number;
  readonly hash: string;
}

/** How far a store is. */
export interface Standing {
  readonly storeId: string;
  readonly epoch: number;
  readonly epochs: readonly Epoch[];
  readonly schemaVersion: number;
  /** The last commit, and the last one whose rows are in the archive. */
  readonly commitNo: number;
  readonly archivedCommit: number;
  readonly ledgerSeq: number;
  /** How far the chain reaches; null before the first entry. */
  readonly chain: ChainLink | null;
}

export interface StateKeeper {
  standing(): Promise<Standing>;
  /** All rows of these tables (every kept one when left out) as of one instant, in an order in which they may be written again. */
  rows(tables?: readonly string[]): AsyncIterable<readonly KeptRow[]>;
  /** The entries after a place in the ledger, in its order, and the links of the chain likewise. */
  ledger(from: { readonly afterSeq: number }): AsyncIterable<readonly KeptRow[]>;
  chain(from: { readonly afterSeq: number }): AsyncIterable<readonly ChainLink[]>;
  /** What the commits after `after`, up to and with `until`, wrote. */
  commits(span: { readonly after: number; readonly until: number }): AsyncIterable<readonly KeptRow[]>;
  /** From here on the messages of these commits may be claimed. Never goes back. */
  markArchived(commitNo: number): Promise<void>;
  /** Adds links behind `after`. False when somebody else did so meanwhile; nothing was written then. */
  extendChain(after: ChainLink | null, links: readonly ChainLink[]): Promise<boolean>;
}

/** A store being made again beside the one in use; nothing is seen of it until `finish`. */
export interface StateRestore {
  /** Rows of a backup. */
  write(rows: readonly KeptRow[]): Promise<void>;
  /** Rows of the archive: what is there already stays. */
  replay(rows: readonly KeptRow[]): Promise<void>;
  standing(): Promise<Standing>;
  /** Begins the epoch, holds every message that was not settled, and swaps the store in; answers where the one before it lies now, if there was one. */
  finish(end: {
    readonly storeId: string;
    readonly epoch: Epoch;
    readonly commitNo: number;
    readonly archivedCommit: number;
    readonly heldBecause: string;
  }): Promise<string | null>;
  abandon(): Promise<void>;
}

/** What stands before the rows of a backup or of a segment of the archive. */
export type RowFileHeader = Standing & {
  readonly kind: "backup" | "segment";
  readonly version: 1;
  /** A segment's first and last commit; a backup has all from the first. */
  readonly firstCommit: number;
  readonly lastCommit: number;
  /** ISO 8601, UTC. */
  readonly writtenAt: string;
};

/** A file of rows that is there whole or not at all. */
export interface RowFile {
  /** Where it lies, for messages. */
  readonly path: string;
  readonly header: RowFileHeader;
  /** @throws WarehouseError when the file was cut or changed. */
  rows(): AsyncIterable<readonly KeptRow[]>;
}

/** The commits of the operational store, written before anything of them is told to anybody. */
export interface LedgerArchive {
  /** On the disk when this returns. */
  append(header: RowFileHeader, rows: AsyncIterable<readonly KeptRow[]>): Promise<void>;
  /** The segment with the last commits of the last epoch; null before the first. */
  newest(): Promise<RowFileHeader | null>;
  /** In the order of their commits, epoch after epoch. */
  segments(): Promise<readonly RowFile[]>;
}

export interface StateBackups {
  /** @throws UsageError when there is such a file already. Answers how many rows it holds. */
  write(path: string, header: RowFileHeader, rows: AsyncIterable<readonly KeptRow[]>): Promise<number>;
  /** @throws UsageError when there is no such file, or it is no backup. */
  open(path: string): Promise<RowFile>;
}

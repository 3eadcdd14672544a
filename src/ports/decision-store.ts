import type { FlairEntitlement } from "../domain/deliver/flair.ts";

/**
 * What deciding and telling keep in the operational store (storage.md section 4, requirements D1, D2, D4, D6): one mechanism
 * under milestones, flair, challenge adjustments, badges, rewards and scores. A use case reads, a pure function plans, and
 * `commit` writes the whole plan in one transaction. Nothing is edited: a mistake gets a later entry.
 * All instants are epoch milliseconds, UTC. Keys sent outward are whole (64 hexadecimal digits).
 */

export const definitionKinds = ["milestone", "adjustment"] as const;
export type DefinitionKind = (typeof definitionKinds)[number];

/** One version of a definition in force. A changed definition is a new version; the old one stays. */
export interface StoredDefinition {
  readonly kind: DefinitionKind;
  readonly definitionId: string;
  /** Content hash of the canonical definition: the version. */
  readonly ruleHash: string;
  /** The canonical definition as JSON text. */
  readonly content: string;
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly recordedAt: number;
}

/** What the marts stood for when something was decided: `source.stream` -> batch number. */
export type Snapshot = Readonly<Record<string, number>>;

export type CommitState = "provisional" | "final";
export type LedgerAction = "grant" | "confirm" | "reverse" | "correct";
export type LedgerKind = "award" | "points" | "reward" | "adjustment";

/** An entry to append. (awardKey, entryNo) is unique for ever; entryNo counts from 1 without gaps. */
export interface NewLedgerEntry {
  /** Hash of the entitlement: definition, subject, reset period. Never of a window, a value or a clock. */
  readonly awardKey: string;
  readonly entryNo: number;
  readonly kind: LedgerKind;
  readonly action: LedgerAction;
  /** The agent, or for an adjustment the challenge. */
  readonly subjectId: string;
  readonly definitionId: string;
  readonly periodId: string;
  readonly ruleHash: string;
  readonly tier: string | null;
  /** In `unit`: 1 for an award, thousandths for points, minor units for money. */
  readonly amount: bigint;
  readonly unit: string;
  readonly commitState: CommitState;
  /** When it became true (end of the window's last shift), not when it was computed. */
  readonly occurredAt: number;
  readonly reason: string;
  /** Value, threshold, window, n, days used, source batches: what `gami explain` shows. JSON text. */
  readonly evidence: string;
}

export interface LedgerEntry extends NewLedgerEntry {
  /** Place in the ledger, in commit order. */
  readonly seq: number;
  readonly postedAt: number;
  readonly runId: string;
}

export const verdicts = ["met", "not_met", "insufficient_data", "out_of_scope"] as const;
export type Verdict = (typeof verdicts)[number];

/** The latest decision on one subject under one definition and period; the "no" too. */
export interface StoredDecision {
  readonly definitionId: string;
  readonly subjectId: string;
  readonly periodId: string;
  readonly ruleHash: string;
  readonly verdict: Verdict | "proposed" | "held";
  readonly commitState: CommitState;
  /** The day (or instant) it was decided as of: an older one never replaces a newer one. */
  readonly decidedAsOf: number;
  /** JSON text: every condition with value, threshold, pass or fail, and the smallest change that would have met it. */
  readonly evidence: string;
}

/** A decision with the time its verdict stood. */
export interface DecisionInTime extends StoredDecision {
  /** As of when this verdict was first reached. */
  readonly since: number;
  /** As of when another verdict replaced it; null while it stands. */
  readonly replacedAsOf: number | null;
}

/** What is known of the flair of one agent at one host. */
export interface FlairVersion {
  readonly agentId: string;
  readonly host: string;
  /** Changes after a restore, so that versions never repeat. */
  readonly epoch: number;
  readonly version: number;
  /** What should be shown, JSON text; null for nothing. */
  readonly wanted: string | null;
  /** The version last delivered or read back. */
  readonly deliveredVersion: number | null;
  readonly deliveredAt: number | null;
}

export type MessageKind = "award" | "revocation" | "flair" | "adjustment" | "points";

/** Something to be told to a host, written with the decision it follows from; the relay alone sends it. */
export interface NewMessage {
  /** hash(award key, entry number) or hash(agent, host, epoch, version): equal on every retry. */
  readonly idempotencyKey: string;
  readonly host: string;
  readonly kind: MessageKind;
  /** Messages of one subject at one host go out one after another, in the order they were written. */
  readonly subjectId: string;
  /** Higher goes first. */
  readonly priority: number;
  /** Not sent before (publication window); null at once. */
  readonly notBefore: number | null;
  /** Flair: messages below the subject's current version are dropped when their turn comes. */
  readonly version: number | null;
  /** JSON text, in gami's own words; the host's adapter translates. */
  readonly payload: string;
}

export const messageStates = ["pending", "in_flight", "delivered", "duplicate", "superseded", "dead", "held"] as const;
export type MessageState = (typeof messageStates)[number];

export interface Message extends NewMessage {
  readonly id: number;
  readonly state: MessageState;
  readonly attempts: number;
  /** When it was written, or replayed last: from here on, or from `notBefore`, its age counts. */
  readonly enqueuedAt: number;
  readonly nextAttemptAt: number;
  readonly settledAt: number | null;
  /** What the host answered last, scrubbed; the reason of a dead or held message. */
  readonly lastAnswer: string | null;
}

/** A message this process may send until its lease ends. */
export interface ClaimedMessage extends Message {
  /** Grows with every claim; a settlement under an older one changes nothing. */
  readonly fence: number;
}

export type Settlement =
  | { readonly kind: "delivered" | "duplicate" | "superseded"; readonly answer: string | null }
  | { readonly kind: "retry"; readonly nextAttemptAt: number; readonly answer: string }
  /** Taken, but not sent: due at once, and no attempt was made. */
  | { readonly kind: "returned"; readonly answer: string }
  | { readonly kind: "dead" | "held"; readonly answer: string };

/** All that one decision run writes, at once or not at all. */
export interface DecisionPlan {
  readonly runId: string;
  /** Compare-and-set per definition: what was decided on last, and what is decided on now. */
  readonly snapshots: readonly { readonly definitionId: string; readonly before: Snapshot | null; readonly after: Snapshot }[];
  readonly definitions: readonly Omit<StoredDefinition, "recordedAt">[];
  readonly entries: readonly NewLedgerEntry[];
  /** May be made while they are written, so that a first run over 500,000 of them need not hold their texts at once. Read once per attempt. */
  readonly decisions: Iterable<StoredDecision>;
  readonly entitlements: readonly FlairEntitlement[];
  readonly flairVersions: readonly FlairVersion[];
  readonly messages: readonly NewMessage[];
}

/** `input = granted + no + duplicate + conflict + suppressed + failed` is the use case's to add up; these are its parts that the store decides. */
export interface CommitTotals {
  readonly appended: number;
  /** Entries that were there already with the same content. */
  readonly duplicate: number;
  /** Decisions written; those older than the stored one are left out. */
  readonly decisions: number;
  /** Messages written; those already there with the same content are left out. */
  readonly enqueued: number;
}

export interface MessageFilter {
  readonly host?: string;
  readonly state?: MessageState;
  readonly subjectId?: string;
  readonly limit: number;
}

export interface DecisionStore {
  /**
   * Everything in one transaction. The same plan again changes nothing: its entries and messages are duplicates.
   * @throws LockHeldError (try again) when another run decided in between: a snapshot moved, an entry number or an idempotency key is taken
   * by other content, or a flair version is not the next one.
   * @throws ChecksFailedError when an entry number leaves one out.
   */
  commit(plan: DecisionPlan): Promise<CommitTotals>;
  definitions(kind: DefinitionKind): Promise<StoredDefinition[]>;
  /** What each definition was decided on last. */
  lastSnapshots(): Promise<ReadonlyMap<string, Snapshot>>;
  /** The latest decisions of these definitions, in key order, a chunk at a time. */
  decisions(filter: { readonly definitionIds: readonly string[]; readonly subjectId?: string }): AsyncIterable<readonly StoredDecision[]>;
  /**
   * The latest decisions that commits after one and up to another wrote, in key order, a chunk at a time. A decision that a still later commit
   * writes meanwhile is left to the next call.
   */
  decidedBetween(commits: { readonly after: number; readonly upTo: number }): AsyncIterable<readonly StoredDecision[]>;
  /** The number of the latest commit. */
  lastCommit(): Promise<number>;
  /** Every verdict one subject has had under these definitions, oldest first; the standing one last. */
  decisionHistory(filter: { readonly definitionIds: readonly string[]; readonly subjectId: string }): Promise<DecisionInTime[]>;
  /** Entries after a place in the ledger, in its order, a chunk at a time. */
  entries(filter: {
    readonly afterSeq?: number;
    readonly definitionIds?: readonly string[];
    readonly subjectId?: string;
    readonly kind?: LedgerKind;
  }): AsyncIterable<readonly LedgerEntry[]>;
  /** The last entry of each award of these definitions, a chunk at a time: what is granted now. */
  lastEntries(definitionIds: readonly string[]): AsyncIterable<readonly LedgerEntry[]>;
  entitlements(filter: { readonly agentIds?: readonly string[]; readonly at: number }): Promise<FlairEntitlement[]>;
  flairVersions(host: string): Promise<FlairVersion[]>;
  readonly outbox: {
    /**
     * Takes messages that are due and whose commit is in the archive (call `archiveLedger` of src/app/state first): highest priority first, one per subject and host, in the order they were written. A message that waits for
     * a retry or is held keeps the later ones of its subject back; one that waits for its publication window or is dead does not.
     */
    claim(request: {
      readonly host: string;
      readonly limit: number;
      readonly holder: string;
      readonly leaseMs: number;
      readonly now: number;
    }): Promise<ClaimedMessage[]>;
    /**
     * False when the claim was lost meanwhile: nothing changed. Delivering (or finding a duplicate of) a flair message also notes its
     * version as delivered in the flair versions.
     */
    settle(message: ClaimedMessage, settlement: Settlement, now: number): Promise<boolean>;
    /** The latest first. */
    list(filter: MessageFilter): Promise<Message[]>;
    /** The messages under these keys, whatever became of them. */
    find(idempotencyKeys: readonly string[]): Promise<Message[]>;
    counts(): Promise<readonly { readonly host: string; readonly state: MessageState; readonly messages: number }[]>;
    /** Dead or held messages become pending again as if just written, each due at once but never before its time (`notBefore`); how many. */
    replay(ids: readonly number[] | "all", now: number): Promise<number>;
  };
  /** Grows with every restore. */
  epoch(): Promise<number>;
  /** Identity of this store: what `meta.owner` names. */
  id(): Promise<string>;
}

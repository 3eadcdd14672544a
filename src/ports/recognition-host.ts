import type { FlairPayload, PayloadKind, Recipient } from "../domain/deliver/message.ts";
import type { Outcome } from "../domain/deliver/outcome.ts";
import type { Shown } from "../domain/deliver/reconcile-flair.ts";

/** A message as the host's adapter needs it. */
export interface OutgoingMessage {
  readonly idempotencyKey: string;
  readonly kind: PayloadKind;
  readonly subjectId: string;
  /** A MessagePayload as JSON text. */
  readonly payload: string;
  readonly attempts: number;
}

/** What went on at a host: never a token, never a body. */
export interface HostCounts {
  readonly requests: number;
  /** Answers that asked us to slow down. */
  readonly throttled: number;
  readonly faults: number;
  /** Times the circuit opened. */
  readonly pauses: number;
  /** Waited for the rate limit, a Retry-After or an open circuit. */
  readonly waitedMs: number;
}

/** Reading what a host shows, to compare it with what it should show. */
export interface FlairView {
  /** The attributes, in gami's own namespace, that a message would leave behind; nothing else is ever touched. */
  render(payload: FlairPayload): Readonly<Record<string, string>>;
  /** All of these people, a chunk at a time. @throws AuthError, SourceBusyError, SourceBrokenError. */
  shown(recipients: readonly Recipient[]): AsyncIterable<readonly { readonly agentId: string; readonly shown: Shown }[]>;
}

/** Where recognition is told: a platform, a webhook, a file. The relay alone calls `send`. */
export interface RecognitionHost {
  readonly name: string;
  /** Messages under way at once; the rate is a limit of its own [T94]. */
  readonly inFlight: number;
  /** No sending takes longer, its requests, time limits and turns together. */
  readonly longestSendMs: number;
  /** How many messages of a kind go into one call. */
  batchSize(kind: PayloadKind): number;
  /** Milliseconds in which nothing may be sent: a Retry-After, an open circuit. */
  pauseMs(): number;
  /**
   * Tells the host, and says what became of each message, in their order. Sending a message again changes nothing.
   * @throws AuthError when nobody may send anything: nothing was done, and the next message would fare the same.
   */
  send(messages: readonly OutgoingMessage[]): Promise<readonly Outcome[]>;
  /** Null where nothing can be read back. */
  readonly flair: FlairView | null;
  counts(): HostCounts;
  close(): Promise<void>;
}

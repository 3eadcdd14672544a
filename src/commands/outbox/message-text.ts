import type { Message } from "../../ports/decision-store.ts";
import { instantText } from "../runs/run-words.ts";
import { renderTable } from "../table.ts";

/** Messages for people: what, for whom, where it stands and why. */
export function messageTable(messages: readonly Message[]): string {
  const rows = messages.map((message) => [
    message.id,
    message.host,
    message.kind,
    short(whomOf(message), 24),
    message.state,
    message.attempts,
    instantText(message.settledAt ?? message.nextAttemptAt),
    short(message.lastAnswer ?? "", 80),
  ]);
  return renderTable(["id", "host", "kind", "about", "state", "attempts", "settled or next", "last answer"], rows);
}

export function messageJson(message: Message): Readonly<Record<string, unknown>> {
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
  const { id, idempotencyKey, host, kind, subjectId, priority, version, state, attempts, lastAnswer } = message;
  return {
    id,
    idempotencyKey,
    host,
    kind,
    subjectId,
    priority,
    version,
    state,
    attempts,
    notBefore: iso(message.notBefore),
    enqueuedAt: iso(message.enqueuedAt),
    nextAttemptAt: iso(message.nextAttemptAt),
    settledAt: iso(message.settledAt),
    lastAnswer,
    payload: payloadOf(message),
  };
}

/** The id people know from the platform, where the message says it. */
function whomOf(message: Message): string {
  const payload = payloadOf(message);
  const recipient = typeof payload === "object" && payload !== null && "recipient" in payload ? payload.recipient : null;
  const nativeId = typeof recipient === "object" && recipient !== null && "nativeId" in recipient ? recipient.nativeId : null;
  return typeof nativeId === "string" ? nativeId : message.subjectId;
}

function payloadOf({ payload }: Message): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

/** One line, without anything a terminal would obey. */
function short(text: string, most: number): string {
  const line = text.replace(/\p{Cc}+/gu, " ");
  return line.length > most ? `${line.slice(0, most - 3)}...` : line;
}

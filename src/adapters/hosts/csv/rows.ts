import type { MessagePayload, PayloadKind } from "../../../domain/deliver/message.ts";

/** One file per kind; awards and what takes them back share one, since the last line of an award counts. */
export function csvFileOf(kind: PayloadKind): string {
  const names = { award: "awards", revocation: "awards", flair: "flair", points: "points", adjustment: "adjustments" } as const;
  return `${names[kind]}.csv`;
}

/** The event comes last: a line that was cut short has not all of its 64 digits. */
const columns = {
  awards: [
    "action",
    "source",
    "user_id",
    "agent_id",
    "definition_id",
    "name",
    "tier",
    "period_id",
    "occurred_at",
    "evaluation_window",
    "metric_value",
    "threshold",
    "reason",
    "award_key",
    "entry_no",
    "event_id",
  ],
  flair: [
    "source",
    "user_id",
    "agent_id",
    "epoch",
    "version",
    "name",
    "tier",
    "attributes",
    "ends_at",
    "next",
    "award_key",
    "decided_at",
    "event_id",
  ],
  points: ["source", "user_id", "agent_id", "metric", "work_date", "points", "count", "event_id"],
  adjustments: ["decided_at", "challenge_id", "proposal_id", "wanted", "expected", "ends_at", "reason", "event_id"],
} as const;

export function csvColumns(kind: PayloadKind): readonly string[] {
  switch (kind) {
    case "award":
    case "revocation":
      return columns.awards;
    case "flair":
      return columns.flair;
    case "points":
      return columns.points;
    case "adjustment":
      return columns.adjustments;
  }
}

export function csvLine(eventId: string, payload: MessagePayload): string {
  return `${[...cells(payload), eventId].map(cell).join(",")}\n`;
}

function cells(payload: MessagePayload): readonly (string | number | null)[] {
  if (payload.kind === "adjustment") {
    const { decidedAt, challengeId, proposalId, wanted, expected, endsAt, reason } = payload;
    return [decidedAt, challengeId, proposalId, JSON.stringify(wanted), JSON.stringify(expected), endsAt, reason];
  }
  const { source, nativeId, agentId } = payload.recipient;
  switch (payload.kind) {
    case "award":
    case "revocation": {
      const { definitionId, name, tier, periodId, occurredAt, evaluationWindow, metricValue, threshold, reason, awardKey, entryNo } =
        payload;
      const action = payload.kind === "award" ? "grant" : "revoke";
      const evidence = [evaluationWindow, metricValue, threshold, reason, awardKey, entryNo];
      return [action, source, nativeId, agentId, definitionId, name, tier, periodId, occurredAt, ...evidence];
    }
    case "flair": {
      const { epoch, version, flair, decidedAt } = payload;
      const shown = [flair?.name ?? null, flair?.tier ?? null, flair === null ? null : JSON.stringify(flair.attributes)];
      const notice = [flair?.notice?.endsAt ?? null, flair?.notice?.next ?? null];
      return [source, nativeId, agentId, epoch, version, ...shown, ...notice, flair?.entitlementId ?? null, decidedAt];
    }
    case "points": {
      const { metric, workDate, pointsMilli, count } = payload;
      return [source, nativeId, agentId, metric, workDate, thousandths(pointsMilli), count];
    }
  }
}

/** The event a line is about: its last cell. */
export function eventIn(line: string): string {
  return line.slice(line.lastIndexOf(",") + 1).trimEnd();
}

/** What ends a line that was cut short: inside quotes, a reader would take the next lines for more of it. */
export function endOfCut(line: string): string {
  const isQuoted = (line.split('"').length - 1) % 2 === 1;
  return isQuoted ? '"\n' : "\n";
}

function thousandths(milli: string): string {
  const [, sign = "", digits = "0"] = /^(-?)(\d+)$/.exec(milli) ?? [];
  const padded = digits.padStart(4, "0");
  return `${sign}${padded.slice(0, -3)}.${padded.slice(-3)}`;
}

/** A spreadsheet must not take a name for a formula, and a line stays one line. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value).replace(/\r\n|[\r\n]/g, " ");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import { hash } from "node:crypto";
import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import { SourceBrokenError, SourceBusyError } from "../../../errors.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { ask, type Connection, shaped } from "./ask.ts";
import { type GenesysRead, isoText, placeOf, type ReadContext } from "./genesys-read.ts";
import type { MappedRecord } from "./map-conversation.ts";
import { itemsOf, type ReadDocument, readDocument } from "./page-items.ts";

const path = "/analytics/v2/export/data";
const cursorHeader = "x-pagination-cursor";
const pageSize = 5_000;
const mostRestarts = 3;

/** The types that mean something here; any other is refused and counted, never guessed [T51]. */
const eventKinds = ["points_earned", "badge_awarded", "challenge_completed", "engagement_score", "leaderboard_update"] as const;
/** Names of people are not asked for. The last four are not in the guides' own list, and tell events apart [T50]. */
const select = [
  "timestamp",
  "user.id",
  "user.timezone",
  "challenge.id",
  "badge.id",
  "points_earned",
  "engagement_score",
  "event_type",
  "action_type",
  "event.id",
  "interaction.id",
  "metric",
];

const id = z.string().min(1).max(256);
export const eventSchema = z.object({
  timestamp: z.iso.datetime({ offset: true }),
  "user.id": id,
  "user.timezone": z.string().nullish(),
  "challenge.id": id.nullish(),
  "badge.id": id.nullish(),
  points_earned: z.number().nullish(),
  engagement_score: z.number().nullish(),
  event_type: z.enum(eventKinds),
  action_type: z.string().nullish(),
  "event.id": id.nullish(),
  "interaction.id": id.nullish(),
  metric: z.string().nullish(),
});
type Event = z.output<typeof eventSchema>;

const kindSet: ReadonlySet<unknown> = new Set(eventKinds);
const plainTimestamp = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?Z$/;

/** What eventSchema accepts, at a quarter of its price, of the events that have an id; it says null of all it does not know for good. */
export function isPlainEvent(record: unknown): record is Event {
  if (typeof record !== "object" || record === null) return false;
  const event: Partial<Record<keyof Event, unknown>> = record;
  return (
    typeof event.timestamp === "string" &&
    plainTimestamp.test(event.timestamp) &&
    isId(event["event.id"]) &&
    isId(event["user.id"]) &&
    kindSet.has(event.event_type) &&
    isTextOrNull(event["user.timezone"]) &&
    isIdOrNull(event["challenge.id"]) &&
    isIdOrNull(event["badge.id"]) &&
    isIdOrNull(event["interaction.id"]) &&
    isTextOrNull(event.action_type) &&
    isTextOrNull(event.metric) &&
    isNumberOrNull(event.points_earned) &&
    isNumberOrNull(event.engagement_score)
  );
}

function isId(value: unknown): boolean {
  return typeof value === "string" && value.length >= 1 && value.length <= 256;
}

function isIdOrNull(value: unknown): boolean {
  return value === null || value === undefined || isId(value);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || value === undefined || typeof value === "string";
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || value === undefined || Number.isFinite(value);
}

const answerShape = z.object({ data: z.array(z.unknown()) });

/** Events as the guides export them: absolute slices with a cursor inside, no grouping, since that would mix totals and events [T35] [T52]. */
export const eventsByExport: GenesysRead = {
  description: {
    name: "events",
    streams: ["gamification_event", "agent"],
    grain: "one gamification event; the time zone of the agents it is about",
    key: "event id, else all fields and the number within the slice",
    kind: "slices",
    paging: "cursor",
    latenessHours: 96,
    sliceHours: 24,
    permission: "analytics:export:view",
  },
  pages: exportPages,
  documents: readEvents,
};

async function* exportPages({ connection, boundary, told }: ReadContext, slice: Slice, resume: string | null): AsyncIterable<Page> {
  // A run that begins anew may not have kept what the one before it was told.
  if (slice.from !== told.until) told.zones.clear();
  told.until = slice.to;
  let cursor = resume;
  let restarts = 0;
  let page = 0;
  const seen = new Set<string>();
  let mapping = eventMapping(told.zones);
  for (;;) {
    const answer = await exportPage(connection, slice, cursor);
    if (answer === null) {
      // An expired cursor: the slice starts over, and equal records change nothing.
      restarts += 1;
      if (restarts > mostRestarts) throw cursorsExpire(slice);
      cursor = null;
      seen.clear();
      mapping = eventMapping(told.zones);
      continue;
    }
    if (cursor !== null) seen.add(cursor);
    if (answer.next !== null && seen.has(answer.next)) throw cursorRepeats(answer.next);
    page += 1;
    cursor = answer.next;
    const items = itemsOf(answer.data, `${placeOf(slice)}/${page}`, boundary, mapping).map(nameUnknownType);
    // Numbers that stand for missing ids count from the beginning of the slice: such a slice cannot be resumed inside.
    yield { items, resume: mapping.isNumbering() ? null : cursor };
    if (cursor === null) return;
  }
}

/** The body that asks for the events of a slice; every page of it is asked for with the same one (`x-pagination-cursor`). */
export function exportRequest({ from, to }: Slice) {
  return {
    timeRange: { type: "absolute", start: isoText(from), end: isoText(to) },
    dataSources: ["gamification"],
    select,
    responseType: "json",
    pageSize,
  };
}

async function exportPage(
  connection: Connection,
  slice: Slice,
  cursor: string | null,
): Promise<{ readonly data: readonly unknown[]; readonly next: string | null } | null> {
  const answer = await ask(connection, {
    method: "POST",
    path,
    json: exportRequest(slice),
    ...(cursor === null ? {} : { headers: { [cursorHeader]: cursor } }),
    ...(cursor === null ? {} : { alsoFine: [400, 404, 410] }),
  });
  if (answer.status >= 400) return null;
  return { data: shaped(answer.body, answerShape, `POST ${path}`).data, next: answer.headers.get(cursorHeader) };
}

/** How the events of one slice are mapped: whose zone has changed since it was last told, and numbers for equal events without an id. */
function eventMapping(zones: Map<string, string>) {
  const occurrences = new Map<string, number>();
  return {
    shape: eventSchema,
    plain: (record: unknown) => (isPlainEvent(record) ? record : null),
    isNumbering: () => occurrences.size > 0,
    map(event: Event): MappedRecord[] {
      const agent = event["user.id"];
      const zone = event["user.timezone"] ?? null;
      const record = eventRecord(event, event["event.id"] ?? numbered(event, occurrences));
      if (zone === null || zones.get(agent) === zone) return [{ stream: "gamification_event", record }];
      zones.set(agent, zone);
      return [
        { stream: "gamification_event", record },
        { stream: "agent", record: { ...emptyRecord("agent"), agent_native_id: agent, zone } },
      ];
    },
  };
}

/** `h-<hash of all fields>-<which of the equal ones>` [T50]. */
function numbered(event: Event, occurrences: Map<string, number>): string {
  const print = hash("sha256", JSON.stringify(Object.entries(event).sort(([left], [right]) => (left < right ? -1 : 1)))).slice(0, 32);
  const occurrence = (occurrences.get(print) ?? 0) + 1;
  occurrences.set(print, occurrence);
  return `h-${print}-${occurrence}`;
}

function eventRecord(event: Event, eventId: string) {
  return {
    event_id: eventId,
    agent_native_id: event["user.id"],
    interaction_id: event["interaction.id"] ?? null,
    metric: event.metric ?? null,
    occurred_at: Date.parse(event.timestamp),
    event_kind: event.event_type,
    action_type: event.action_type ?? null,
    challenge_native_id: event["challenge.id"] ?? null,
    badge_native_id: event["badge.id"] ?? null,
    points_milli: scaled(event.points_earned, 1_000),
    engagement_ppm: scaled(event.engagement_score, 1_000_000),
  };
}

function scaled(value: number | null | undefined, factor: number): number | null {
  return value === null || value === undefined ? null : Math.round(value * factor);
}

/** Numbers that stand for missing ids begin anew with each slice, as they did when it was read. */
function readEvents(): ReadDocument {
  let slice = "";
  let read = readDocument(eventMapping(new Map()));
  return (record, place, boundary) => {
    const [within = ""] = place.split("/");
    if (within !== slice) read = readDocument(eventMapping(new Map()));
    slice = within;
    return read(record, place, boundary).map(nameUnknownType);
  };
}

/** The reason an operator looks for by its own name. */
function nameUnknownType(item: SourceItem): SourceItem {
  if (item.kind !== "reject" || item.reject.field !== "event_type" || item.reject.value === null) return item;
  return { ...item, reject: { ...item.reject, reason: "unknown_event_type" } };
}

function cursorRepeats(cursor: string): SourceBrokenError {
  return new SourceBrokenError(`genesys: POST ${path} gave the cursor ${cursor} again after the page it leads to: it would never end`, {
    code: "CURSOR_REPEATS",
    hint: "run the command again with --reset; if it stays, report the cursor to the platform",
  });
}

function cursorsExpire({ from, to }: Slice): SourceBusyError {
  return new SourceBusyError(`genesys: the cursors of ${isoText(from)} to ${isoText(to)} expired ${mostRestarts} times`, {
    code: "CURSORS_EXPIRE",
    hint: "run the same command again later; it starts the slice over",
  });
}

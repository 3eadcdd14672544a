import { DateTime } from "luxon";
import * as z from "zod";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { GenesysRead } from "./genesys-read.ts";
import type { MappedRecord } from "./map-conversation.ts";
import { numberedPages } from "./numbered-pages.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const instant = z.iso.datetime({ offset: true });
const contestSchema = z.object({
  id: z.string().min(1).max(256),
  title: z.string().nullish(),
  dateStart: z.iso.date(),
  dateEnd: z.iso.date(),
  dateAnnounced: instant.nullish(),
  dateCancelled: instant.nullish(),
  dateModified: instant.nullish(),
  announcementTimezone: z.string().nullish(),
  status: z.string(),
  metrics: z.array(z.object({ id: z.string(), minimumQualifier: z.number().nullish() })).nullish(),
});
type Contest = z.output<typeof contestSchema>;

/**
 * Contests, the platform's only challenges. It keeps no history of their status, so that it is told from their own dates;
 * pausing, points per unit and budgets do not exist there.
 */
export const contests: GenesysRead = {
  description: {
    name: "contests",
    streams: ["challenge", "challenge_status"],
    grain: "one contest as it is now, and each turn of its status",
    key: "contest",
    kind: "snapshot",
    paging: "pages",
    latenessHours: 0,
    sliceHours: 0,
    permission: "gamification:contest:viewAll",
  },
  documents: () => readDocument(contestMapping),
  async *pages({ connection, boundary }) {
    let page = 0;
    for await (const entities of numberedPages(connection, "/api/v2/gamification/contests", { pageSize: 100 })) {
      page += 1;
      yield { items: itemsOf(entities, `contests/${page}`, boundary, contestMapping), resume: null };
    }
  },
};

const contestMapping = { shape: contestSchema, map: mapContest };

function mapContest(contest: Contest): MappedRecord[] {
  const zone = contest.announcementTimezone ?? "UTC";
  const midnight = (date: string, days = 0) => DateTime.fromISO(date, { zone }).plus({ days }).toMillis();
  const startsAt = midnight(contest.dateStart);
  // The last day belongs to the contest.
  const endsAt = midnight(contest.dateEnd, 1);
  const [metric] = contest.metrics ?? [];
  const challenge = {
    ...emptyRecord("challenge"),
    challenge_native_id: contest.id,
    name: contest.title ?? null,
    metric: metric?.id ?? null,
    threshold_milli:
      metric?.minimumQualifier === undefined || metric.minimumQualifier === null ? null : Math.round(metric.minimumQualifier * 1000),
    starts_at: startsAt,
    ends_at: endsAt,
  };
  const turns = statusTurns(contest, startsAt, endsAt).map(([at, status]) => ({
    stream: "challenge_status" as const,
    record: { challenge_native_id: contest.id, effective_at: at, status },
  }));
  return [{ stream: "challenge", record: challenge }, ...turns];
}

const begun = ["Ongoing", "Pending", "RecentlyCompleted", "Completed"];

function statusTurns(contest: Contest, startsAt: number, endsAt: number): (readonly [at: number, status: string])[] {
  const announcedAt = parsed(contest.dateAnnounced) ?? startsAt;
  const cancelledAt = contest.status === "Cancelled" ? (parsed(contest.dateCancelled) ?? parsed(contest.dateModified) ?? endsAt) : null;
  const hasBegun = begun.includes(contest.status) || (cancelledAt !== null && cancelledAt > startsAt);
  const hasEnded = hasBegun && contest.status !== "Ongoing" && cancelledAt === null;
  return [
    ...(announcedAt < startsAt ? [[announcedAt, "draft"] as const] : []),
    ...(hasBegun ? [[startsAt, "active"] as const] : []),
    ...(hasEnded ? [[endsAt, "expired"] as const] : []),
    ...(cancelledAt === null ? [] : [[cancelledAt, "retired"] as const]),
  ];
}

function parsed(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}

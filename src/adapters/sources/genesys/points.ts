import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import { askFor, type Connection } from "./ask.ts";
import { dateText, type GenesysRead, type ReadContext } from "./genesys-read.ts";
import { allEntities } from "./numbered-pages.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const id = z.string().min(1).max(256);
const entity = z.object({ id });
const listing = z.object({ entities: z.array(z.unknown()).nullish() });

/** One metric of one agent's scorecard on one workday; user and day are those that were asked for. */
const lineSchema = z.object({
  userId: id,
  workday: z.iso.date(),
  metric: z.object({ id, name: z.string().nullish() }),
  points: z.number().nullish(),
  maxPoints: z.number().nullish(),
});
type Line = z.output<typeof lineSchema>;

const dayMs = 86_400_000;

/**
 * Scorecards: points per agent, metric and workday. Points move during the day, with released evaluations and with
 * corrected external metrics, and there is no log of them: a trailing week is read again. One request per agent and day.
 */
export const points: GenesysRead = {
  description: {
    name: "points",
    streams: ["points_day"],
    grain: "one agent's points in one metric on one workday, as they stand now",
    key: "user, metric, workday",
    kind: "slices",
    paging: "pages",
    latenessHours: 24 * 7,
    sliceHours: 24,
    permission: "gamification:profile:view, gamification:scorecard:viewAll",
  },
  pages: pointsPages,
  documents: () => readDocument(lineMapping),
};

async function* pointsPages({ connection, boundary }: ReadContext, slice: Slice): AsyncIterable<Page> {
  const members = await allMembers(connection);
  for (let day = Math.floor(slice.from / dayMs) * dayMs; day < slice.to; day += dayMs) {
    const workday = dateText(day);
    const cards = await Promise.all(members.map((userId) => scorecard(connection, userId, workday)));
    yield { items: itemsOf(cards.flat(), `${workday}/points`, boundary, lineMapping), resume: null };
  }
}

/** Who is in a profile now; an agent is in one at most, but may be listed by two while moving. */
async function allMembers(connection: Connection): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const profile of await allEntities(connection, "/api/v2/gamification/profiles", entity)) {
    const path = `/api/v2/gamification/profiles/${encodeURIComponent(profile.id)}/members`;
    const { entities } = await askFor(connection, { method: "GET", path }, listing);
    for (const member of entities ?? []) {
      const known = entity.safeParse(member);
      if (known.success) found.add(known.data.id);
    }
  }
  return [...found];
}

async function scorecard(connection: Connection, userId: string, workday: string): Promise<unknown[]> {
  const path = `/api/v2/gamification/scorecards/users/${encodeURIComponent(userId)}`;
  const { entities } = await askFor(connection, { method: "GET", path, query: { workday } }, listing);
  return (entities ?? []).map((line) => (typeof line === "object" && line !== null ? { ...line, userId, workday } : line));
}

const lineMapping = { shape: lineSchema, map: mapLine };

function mapLine({ userId, workday, metric, points: earned, maxPoints }: Line) {
  const record = {
    ...emptyRecord("points_day"),
    agent_native_id: userId,
    metric: metric.name ?? metric.id,
    work_date: workday,
    points_milli: thousandths(earned),
    max_points_milli: thousandths(maxPoints),
  };
  return [{ stream: "points_day", record } as const];
}

function thousandths(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1000);
}

import type { Slice } from "../../domain/extract/slices.ts";
import type { CanonicalRecord } from "../../domain/records/record.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { statusAt } from "../../domain/simulate/campaigns.ts";
import { badges } from "../../domain/simulate/recognition.ts";
import type { World } from "../../domain/simulate/world.ts";
import type { Sighting } from "./centre.ts";
import {
  type Asked,
  fieldOf,
  instantOfText,
  isoText,
  json,
  listField,
  numberField,
  type Reply,
  type Route,
  textField,
} from "./exchange.ts";
import { cursorText, markOf } from "./genesys-analytics.ts";
import { badRequest, genesysError } from "./genesys-errors.ts";
import { pageFaults } from "./page-faults.ts";
import { findListed } from "./people.ts";
import { rowsOf, takePage } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/** What the guides describe and the vendor does not have: events by export, badges, challenges. What is written has its own file. */
export function genesysGuide(state: SimulatorState, eventsPerPage: number | null): Route[] {
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"], isCacheable = false): Route => ({
    method,
    path,
    permission,
    answer,
    isCacheable,
    platform: "genesys",
  });
  return [
    route(
      "POST",
      "/analytics/v2/export/data",
      "analytics:export:view",
      (asked) => exportPage(state, asked, eventsPerPage ?? mostPerPage),
      true,
    ),
    route("GET", "/api/v2/wem/gamification/badges", "wem:gamification:read", () =>
      json({ entities: badges.map(({ id, name, tier, criteria }) => ({ id, name, tier, criteria })), total: badges.length }),
    ),
    route("GET", "/v2/wfm/gamification/challenges", "wfm:gaming:read", () => json({ entities: challengesAt(state) })),
  ];
}

/** The fields a query may select, by the guides' names; the last three are needed to tell events apart and to place them. */
const selectable: Readonly<Record<string, (record: CanonicalRecord, world: World) => unknown>> = {
  timestamp: ({ occurred_at }) => isoText(Number(occurred_at)),
  "user.id": ({ agent_native_id }) => agent_native_id,
  "user.name": ({ agent_native_id }) => `Agent ${String(agent_native_id).slice(1)}`,
  "user.timezone": ({ agent_native_id, occurred_at }, world) =>
    findListed(world, String(agent_native_id), Number(occurred_at))?.team.site.zone ?? null,
  "challenge.id": ({ challenge_native_id }) => challenge_native_id,
  "challenge.name": ({ challenge_native_id }, world) => world.campaigns.find(({ id }) => id === challenge_native_id)?.name ?? null,
  "challenge.status": ({ challenge_native_id, occurred_at }, world) => {
    const campaign = world.campaigns.find(({ id }) => id === challenge_native_id);
    return campaign === undefined ? null : (statusAt(campaign, Number(occurred_at)) ?? "draft").toUpperCase();
  },
  "badge.id": ({ badge_native_id }) => badge_native_id,
  "badge.name": ({ badge_native_id }) => badges.find(({ id }) => id === badge_native_id)?.name ?? null,
  points_earned: ({ points_milli }) => (points_milli === null ? null : Number(points_milli) / 1_000),
  engagement_score: ({ engagement_ppm }) => (engagement_ppm === null ? null : Number(engagement_ppm) / 1e6),
  event_type: ({ event_kind }) => event_kind,
  action_type: ({ action_type }) => action_type,
  "event.id": ({ event_id }) => event_id,
  "interaction.id": ({ interaction_id }) => interaction_id,
  metric: ({ metric }) => metric,
};

const usualPageSize = 500;
const mostPerPage = 10_000;

/**
 * Events in an absolute or relative time range, a page at a time. The cursor is told in the answer's header and accepted
 * in the request's header or body; it is bound to its time range, and one of another range is refused as expired.
 */
function exportPage(state: SimulatorState, asked: Asked, most: number): Reply {
  const { body, path, attempt } = asked;
  const slice = timeRange(state, body);
  if (slice === null) return badRequest("timeRange", "expected absolute with start and end, or relative with a duration of days or hours");
  if (listField(body, "groupBy").length > 0) return badRequest("groupBy", "not simulated: it mixes totals and events");
  const sent = asked.header("x-pagination-cursor") ?? textField(body, "cursor");
  const [range, token] = (sent ?? "").split("~");
  const mark = markOf(token ?? null);
  const bound = `${slice.from.toString(36)}-${slice.to.toString(36)}`;
  if (sent !== null && (mark === null || range !== bound || state.faults.strikes("expire-cursor", path, `${sent} ${attempt}`)))
    return genesysError(400, "invalid.cursor", "the pagination cursor has expired or belongs to another query");
  const kinds = wantedKinds(body);
  const { centre, now } = state;
  const faults = pageFaults(state, asked, bound);
  const isIn = ({ record, at }: Sighting) =>
    at <= now &&
    Number(record.occurred_at) >= slice.from &&
    Number(record.occurred_at) < slice.to &&
    (kinds === null || kinds.has(String(record.event_kind)));
  const limits = [centre.firstDay, centre.endDay] as const;
  const rows = rowsOf(slice, { isBackwards: faults.isBackwards, limits }, (day) => centre.rows("gamification_event", day), isIn);
  const { page, next } = takePage(rows, faults.start(mark), Math.max(1, Math.min(most, numberField(body, usualPageSize, "pageSize"))));
  const fields = selectedFields(body);
  const data = faults.rows(
    mark,
    page.map(({ record }) => renderEvent(record, fields, centre.world)),
    spoilEvent,
  );
  if (data[0] !== undefined && state.faults.strikes("unknown-event", path, `${bound} ${mark?.day}.${mark?.offset}`))
    data.push({ ...data[0], "event.id": `${data[0]["event.id"]}-unknown`, event_type: "kudos_received" });
  const cursor = faults.next(mark, next);
  return json({ data, count: data.length }, cursor === null ? {} : { "x-pagination-cursor": `${bound}~${cursorText(cursor)}` });
}

type Field = readonly [name: string, read: (record: CanonicalRecord, world: World) => unknown];

function selectedFields(body: unknown): Field[] {
  const select = listField(body, "select");
  return Object.entries(selectable).filter(([name]) => select.length === 0 || select.includes(name));
}

function renderEvent(record: CanonicalRecord, fields: readonly Field[], world: World): Json {
  return Object.fromEntries(fields.map(([name, read]) => [name, read(record, world)]));
}

function spoilEvent(row: Json): Json {
  return { ...row, "event.id": `${row["event.id"]}-malformed`, timestamp: "yesterday" };
}

function timeRange({ now }: SimulatorState, body: unknown): Slice | null {
  const range = fieldOf(body, "timeRange");
  if (textField(range, "type") === "relative") {
    const [, amount, unit] = /^P(?:T?)(\d{1,3})([DH])$/.exec(textField(range, "duration") ?? "") ?? [];
    const length = Number(amount) * (unit === "H" ? 3_600_000 : dayMs);
    return amount === undefined ? null : { from: now - length, to: now };
  }
  const [from, to] = [instantOfText(textField(range, "start")), instantOfText(textField(range, "end"))];
  return from === null || to === null || from >= to ? null : { from, to };
}

/** `filter: [{ field: "event_type", operator: "in", values: [...] }]`; "contains" matches parts of the word, as the guides write it. */
function wantedKinds(body: unknown): ReadonlySet<string> | null {
  const filter = listField(body, "filter").find((one) => textField(one, "field") === "event_type");
  if (filter === undefined) return null;
  const values = listField(filter, "values").filter((value) => typeof value === "string");
  const kinds = ["points_earned", "badge_awarded", "challenge_completed", "engagement_score", "leaderboard_update"];
  const isContained = textField(filter, "operator") === "contains";
  return new Set(kinds.filter((kind) => values.some((value) => (isContained ? kind.includes(value) : kind === value))));
}

export function challengesAt({ centre, now, written }: SimulatorState) {
  return centre.world.campaigns.flatMap((campaign) => {
    const history = campaign.statuses.filter(({ on }) => on * dayMs <= now);
    const status = history.at(-1)?.status;
    if (status === undefined) return [];
    return [
      {
        id: campaign.id,
        name: campaign.name,
        status: status.toUpperCase(),
        metric: campaign.metric,
        direction: campaign.direction,
        threshold: campaign.thresholdMilli / 1_000,
        pointsPerUnit: campaign.pointsMilli / 1_000,
        multiplier: campaign.multiplierMilli / 1_000,
        startDate: isoText(campaign.startsOn * dayMs),
        endDate: isoText(campaign.endsOn * dayMs),
        budget: { amountMinor: campaign.budgetMinor, currency: "USD" },
        statusHistory: history.map(({ on, status: name }) => ({ status: name.toUpperCase(), effectiveAt: isoText(on * dayMs) })),
        ...challengeFields(written.get(`challenge ${campaign.id}`), now),
      },
    ];
  });
}

/** What was written; a boost counts while it lasts. */
function challengeFields(text: string | undefined, now: number): Json {
  const { engagementBoost: boost, ...fields } = writtenFields(text);
  const endsAt = textField(boost, "endsAt");
  const isOn = endsAt !== null && Date.parse(endsAt) > now;
  return isOn ? { ...fields, multiplier: fieldOf(boost, "multiplier"), engagementBoost: boost } : fields;
}

function writtenFields(text: string | undefined): Json {
  const content: unknown = JSON.parse(text ?? "{}");
  return typeof content === "object" && content !== null ? { ...content } : {};
}

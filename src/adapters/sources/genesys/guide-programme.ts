import * as z from "zod";
import { emptyRecord } from "../../../domain/records/record.ts";
import { askFor } from "./ask.ts";
import type { GenesysRead } from "./genesys-read.ts";
import type { MappedRecord } from "./map-conversation.ts";
import { itemsOf, readDocument } from "./page-items.ts";
import { withLabel } from "./queues.ts";

const id = z.string().min(1).max(256);
const instant = z.iso.datetime({ offset: true });
const listing = z.object({ entities: z.array(z.unknown()) });
/** `ACTIVE` and `active` mean the same [T104]. */
const status = z
  .string()
  .transform((word) => word.toLowerCase())
  .pipe(z.enum(["draft", "active", "paused", "expired", "retired"]));

const challengeSchema = z.object({
  id,
  label: z.string().nullish(),
  status,
  metric: z.string().nullish(),
  direction: z.string().nullish(),
  threshold: z.number().nullish(),
  pointsPerUnit: z.number().nullish(),
  multiplier: z.number().nullish(),
  startDate: instant.nullish(),
  endDate: instant.nullish(),
  budget: z.object({ amountMinor: z.int(), currency: z.string() }).nullish(),
  statusHistory: z.array(z.object({ status, effectiveAt: instant })).nullish(),
});
type Challenge = z.output<typeof challengeSchema>;

const badgeSchema = z.object({ id, label: z.string().nullish(), tier: z.string().nullish(), criteria: z.unknown() });

const snapshot = { kind: "snapshot", paging: "pages", latenessHours: 0, sliceHours: 0 } as const;

export const challenges: GenesysRead = {
  description: {
    ...snapshot,
    name: "challenges",
    streams: ["challenge", "challenge_status"],
    grain: "one challenge as it is now, and each turn of its status",
    key: "challenge",
    permission: "wfm:gaming:read",
  },
  documents: () => readDocument(challengeMapping),
  async *pages({ connection, boundary }) {
    const { entities } = await askFor(connection, { method: "GET", path: "/v2/wfm/gamification/challenges" }, listing);
    yield { items: itemsOf(entities.map(withLabel), "challenges", boundary, challengeMapping), resume: null };
  },
};

export const badges: GenesysRead = {
  description: {
    ...snapshot,
    name: "badges",
    streams: ["badge"],
    grain: "one badge as it is defined now",
    key: "badge",
    permission: "wem:gamification:read",
  },
  documents: () => readDocument(badgeMapping),
  async *pages({ connection, boundary }) {
    const { entities } = await askFor(connection, { method: "GET", path: "/api/v2/wem/gamification/badges" }, listing);
    yield { items: itemsOf(entities.map(withLabel), "badges", boundary, badgeMapping), resume: null };
  },
};

const challengeMapping = { shape: challengeSchema, map: mapChallenge };

function mapChallenge(challenge: Challenge): MappedRecord[] {
  const startsAt = parsed(challenge.startDate);
  const record = {
    ...emptyRecord("challenge"),
    challenge_native_id: challenge.id,
    name: challenge.label ?? null,
    metric: challenge.metric ?? null,
    direction: challenge.direction ?? null,
    threshold_milli: thousandths(challenge.threshold),
    points_per_unit_milli: thousandths(challenge.pointsPerUnit),
    multiplier_milli: thousandths(challenge.multiplier),
    starts_at: startsAt,
    ends_at: parsed(challenge.endDate),
    budget_minor: challenge.budget?.amountMinor ?? null,
    currency: challenge.budget?.currency ?? null,
  };
  const history = (challenge.statusHistory ?? []).map((turn) => ({ at: Date.parse(turn.effectiveAt), status: turn.status }));
  // Without a history the status that is told is taken to be in force since the start.
  const turns = history.length > 0 || startsAt === null ? history : [{ at: startsAt, status: challenge.status }];
  return [
    { stream: "challenge", record },
    ...turns.map((turn) => ({
      stream: "challenge_status" as const,
      record: { challenge_native_id: challenge.id, effective_at: turn.at, status: turn.status },
    })),
  ];
}

const badgeMapping = { shape: badgeSchema, map: mapBadge };

function mapBadge({ id: badge, label, tier, criteria }: z.output<typeof badgeSchema>): MappedRecord[] {
  const record = {
    ...emptyRecord("badge"),
    badge_native_id: badge,
    name: label ?? null,
    tier: tier ?? null,
    criteria: criteria === undefined || criteria === null ? null : JSON.stringify(criteria),
  };
  return [{ stream: "badge", record }];
}

function parsed(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : Date.parse(text);
}

function thousandths(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value * 1000);
}

import * as z from "zod";
import type { FlairPayload, MessagePayload, PointsPayload } from "../../../domain/deliver/message.ts";
import type { Outcome } from "../../../domain/deliver/outcome.ts";
import type { Shown } from "../../../domain/deliver/reconcile-flair.ts";
import { type AttributeNames, isSame, oursOf, renderFlair, stateOf, versionIn } from "../attributes.ts";
import { delivered, duplicate, held, isDisguisedError, refusals, refused, retry, saidBy, superseded, unreadable } from "../outcomes.ts";
import type { AskHost } from "./ask-host.ts";

/** Fields of the custom attribute schema; the vendor's own and other programs' fields have other names. */
export const platformNames: AttributeNames = {
  field: (name) => `gami_flair_${name}`,
  extra: (name) => `gami_${name}`,
  isOurs: (name) => name.startsWith("gami_"),
};

const record = z.object({ attributes: z.record(z.string(), z.unknown()) });
const schemaShape = z.object({ version: z.int() });
const metricAnswer = z.object({
  processedEntities: z.array(z.looseObject({ userId: z.string().nullish(), metricId: z.string(), dateOccurred: z.string() })).nullish(),
  unprocessedEntities: z
    .array(
      z.looseObject({
        userId: z.string().nullish(),
        metricId: z.string(),
        dateOccurred: z.string(),
        code: z.string().nullish(),
        message: z.string().nullish(),
      }),
    )
    .nullish(),
});

export interface SchemaInUse {
  readonly id: string;
  /** Asks the platform once, unless the config says it. */
  version(): Promise<number | null>;
  forget(): void;
}

export function schemaInUse(ask: AskHost, id: string, configured: number | null): SchemaInUse {
  let known: Promise<number | null> | null = null;
  const read = async () => {
    const answer = await ask({ method: "GET", path: `/api/v2/users/customattributes/schemas/${encodeURIComponent(id)}`, alsoFine: [404] });
    return schemaShape.safeParse(answer.body).data?.version ?? null;
  };
  return {
    id,
    async version() {
      if (configured !== null) return configured;
      known ??= read();
      const asking = known;
      // A question that failed is asked again by the next message.
      asking.catch(() => {
        if (known === asking) known = null;
      });
      return asking;
    },
    forget() {
      known = null;
    },
  };
}

/**
 * Reads, merges, writes and reads back: the vendor has neither version nor ETag there, so the last write wins. Only one
 * process at a time writes an agent's flair (the outbox gives one message per agent and host), and PATCH leaves the fields
 * of others alone; what was written is read again before it counts.
 */
export async function setCustomAttributes(ask: AskHost, schema: SchemaInUse, payload: FlairPayload): Promise<Outcome> {
  const { nativeId } = payload.recipient;
  const path = `/api/v2/users/${encodeURIComponent(nativeId)}/customattributes`;
  const wanted = renderFlair(platformNames, payload);
  const before = await readRecord(ask, path, schema.id);
  if (before === "unreadable") return retry("the user's custom attributes could not be read");
  const shown = oursOf(platformNames, before ?? {});
  const state = stateOf(platformNames, wanted, shown, payload);
  if (state === "same") return duplicate(`version ${payload.epoch}.${payload.version} is there`);
  if (state === "newer") return superseded("a newer version is there");
  const schemaVersion = await schema.version();
  if (schemaVersion === null) return held(`the custom attribute schema ${schema.id} does not exist on the platform`);
  const cleared = Object.fromEntries(Object.keys(shown).flatMap((name) => (name in wanted ? [] : [[name, ""]])));
  const answer = await ask({
    method: before === null ? "PUT" : "PATCH",
    path,
    json: { schemaId: schema.id, schemaVersion, attributes: { ...cleared, ...wanted } },
    alsoFine: refusals,
  });
  if (isDisguisedError(answer)) return retry(saidBy(answer));
  if (answer.status === 404 || answer.status === 410) return held(`user ${nativeId} is unknown to the platform`);
  if (answer.status === 400 && /version/i.test(saidBy(answer))) {
    schema.forget();
    return retry(`the custom attribute schema was changed (${saidBy(answer)})`);
  }
  if (answer.status >= 400) return held(`the custom attribute schema does not take this flair (${saidBy(answer)})`);
  return confirm(ask, path, schema.id, payload, wanted);
}

async function confirm(
  ask: AskHost,
  path: string,
  schemaId: string,
  payload: FlairPayload,
  wanted: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const after = await readRecord(ask, path, schemaId);
  if (after === "unreadable") return retry("written, but not read back");
  const shown = oursOf(platformNames, after ?? {});
  if (isSame(wanted, shown)) return delivered(`version ${payload.epoch}.${payload.version} written and read back`);
  const state = stateOf(platformNames, wanted, shown, payload);
  return state === "newer" ? superseded("a newer version is there") : retry("read back other attributes than were written");
}

/** The attributes under the schema; null where the user has no record yet, or there is no such user. */
async function readRecord(ask: AskHost, path: string, schemaId: string): Promise<Readonly<Record<string, unknown>> | null | "unreadable"> {
  const answer = await ask({ method: "GET", path: `${path}/${encodeURIComponent(schemaId)}`, alsoFine: [404, 410] });
  if (answer.status >= 400) return null;
  return record.safeParse(answer.body).data?.attributes ?? "unreadable";
}

export async function readCustomAttributes(ask: AskHost, schemaId: string, nativeId: string): Promise<Shown> {
  const path = `/api/v2/users/${encodeURIComponent(nativeId)}`;
  const found = await readRecord(ask, `${path}/customattributes`, schemaId);
  if (found === null) {
    const user = await ask({ method: "GET", path, alsoFine: [404, 410] });
    if (user.status >= 400) return { kind: "unknown" };
  }
  // Nothing read is not the same as nothing shown.
  if (found === "unreadable") throw unreadable("genesys", nativeId, "an answer in another shape");
  const attributes = oursOf(platformNames, found ?? {});
  return { kind: "known", attributes, ...versionIn(platformNames, attributes) };
}

/** The vendor's limit of one call. */
export const mostMetricItems = 100;

/** Points of many agents in one call. `Total` overwrites the day, so that sending it again changes nothing. */
export async function addMetricData(
  ask: AskHost,
  metrics: Readonly<Record<string, string>>,
  payloads: readonly PointsPayload[],
): Promise<readonly Outcome[]> {
  const items = payloads.map(({ recipient, metric, workDate, pointsMilli, count }) => ({
    userId: recipient.nativeId,
    metricId: metrics[metric] ?? null,
    dateOccurred: workDate,
    value: Number(pointsMilli) / 1000,
    ...(count === null ? {} : { count }),
    type: "Total",
  }));
  const sent = items.filter(({ metricId }) => metricId !== null);
  if (sent.length === 0) return payloads.map(({ metric }) => held(`no external metric is configured for "${metric}" (hosts.NAME.metrics)`));
  const answer = await ask({
    method: "POST",
    path: "/api/v2/employeeperformance/externalmetrics/data",
    json: { items: sent },
    alsoFine: refusals,
  });
  const said = isDisguisedError(answer) ? undefined : metricAnswer.safeParse(answer.body).data;
  if (answer.status >= 400) return payloads.map(() => refused(saidBy(answer)));
  if (said === undefined || (said.processedEntities === undefined && said.unprocessedEntities === undefined))
    return payloads.map(() => retry(saidBy(answer)));
  const taken = new Set((said.processedEntities ?? []).map(placeOf));
  const left = new Map((said.unprocessedEntities ?? []).map((entity) => [placeOf(entity), `${entity.code ?? ""} ${entity.message ?? ""}`]));
  return items.map((item, index) => {
    if (item.metricId === null) return held(`no external metric is configured for "${payloads[index]?.metric}" (hosts.NAME.metrics)`);
    const place = placeOf({ ...item, metricId: item.metricId });
    if (taken.has(place)) return delivered("the day's points were set");
    const reason = left.get(place);
    return reason === undefined
      ? retry("the platform said nothing about this item")
      : held(`the platform did not take it: ${reason.trim()}`);
  });
}

function placeOf({
  userId,
  metricId,
  dateOccurred,
}: {
  userId?: string | null | undefined;
  metricId: string;
  dateOccurred: string;
}): string {
  return JSON.stringify([userId, metricId, dateOccurred.slice(0, 10)]);
}

export function isPoints(payload: MessagePayload): payload is PointsPayload {
  return payload.kind === "points";
}

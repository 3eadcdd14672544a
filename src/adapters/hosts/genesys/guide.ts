import * as z from "zod";
import type { AdjustmentPayload, AwardPayload, FlairPayload, SettingValue } from "../../../domain/deliver/message.ts";
import type { Outcome } from "../../../domain/deliver/outcome.ts";
import type { Shown } from "../../../domain/deliver/reconcile-flair.ts";
import { type AttributeNames, type Attributes, isSame, oursOf, renderFlair, stateOf, versionIn } from "../attributes.ts";
import { delivered, duplicate, held, isDisguisedError, refusals, refused, retry, saidBy, superseded, unreadable } from "../outcomes.ts";
import type { AskHost } from "./ask-host.ts";

/** Attributes as S3 names them; what it does not name begins with `flair_`. */
export const guideNames: AttributeNames = {
  field: (name) => `flair_${name}`,
  extra: (name) => (name === "avatar_variant" || name.startsWith("flair_") ? name : `flair_${name}`),
  isOurs: (name) => name.startsWith("flair_") || ["avatar_variant", lastUpdated, syncStatus].includes(name),
};
/** Told beside the version for readers that know only these; gami itself never believes them [T88, T89]. */
const lastUpdated = "milestone_last_updated";
const syncStatus = "gamification_sync_status";

const attempts = 3;
const givenAward = z.object({ awardId: z.string() });
const awardList = z.object({ entities: z.array(z.object({ idempotencyKey: z.string().nullish() })) });
const userAttributes = z.object({ attributes: z.record(z.string(), z.unknown()) });
const writtenAttributes = z.object({ customAttributes: z.record(z.string(), z.unknown()) });
const challenge = z.record(z.string(), z.unknown());

/** 201 and 409 both converge: an award given before is read and taken for given [T9]. */
export async function giveAward(
  ask: AskHost,
  badges: Readonly<Record<string, string>>,
  key: string,
  award: AwardPayload,
): Promise<Outcome> {
  const badge = badges[award.definitionId] ?? award.definitionId;
  const path = `/api/v2/gamification/badges/${encodeURIComponent(badge)}/awards`;
  const { nativeId } = award.recipient;
  const answer = await ask({
    method: "POST",
    path,
    headers: { "idempotency-key": key },
    json: {
      userId: nativeId,
      criteriaId: award.definitionId,
      reason: award.reason,
      customFields: {
        evaluationWindow: award.evaluationWindow,
        metricValue: numberOf(award.metricValue),
        threshold: numberOf(award.threshold),
        periodId: award.periodId,
        tier: award.tier,
        awardKey: award.awardKey,
      },
    },
    alsoFine: refusals,
  });
  if (isDisguisedError(answer)) return retry(saidBy(answer));
  if (answer.status < 300 && givenAward.safeParse(answer.body).success)
    return delivered(`${answer.status}: badge ${badge} given to ${nativeId}`);
  // A 2xx without the award in it may be a proxy's; the list says whether it was given.
  if (answer.status < 300 || answer.status === 409)
    return readAward(ask, `${path}?userId=${encodeURIComponent(nativeId)}`, key, answer.status);
  if (answer.status === 404) return held(`badge ${badge} or user ${nativeId} is unknown to the platform (${saidBy(answer)})`);
  return refused(saidBy(answer));
}

async function readAward(ask: AskHost, path: string, key: string, status: number): Promise<Outcome> {
  const there = status === 409 ? duplicate : delivered;
  const answer = await ask({ method: "GET", path, alsoFine: refusals });
  // A gateway without the listing has only its 409 to say so.
  if (answer.status === 404 || answer.status === 405) return status === 409 ? duplicate("409: given before") : retry(saidBy(answer));
  const list = awardList.safeParse(answer.body);
  if (!list.success) return retry(`${status}, and the user's awards could not be read (${saidBy(answer)})`);
  const isThere = list.data.entities.some(({ idempotencyKey }) => idempotencyKey === key);
  return isThere ? there(`${status}: given, and listed`) : retry(`${status}, but the award is not in the user's list`);
}

/** Reads, merges and writes, on condition that nothing changed in between: others' attributes stay [T91, T93]. */
export async function setFlair(ask: AskHost, payload: FlairPayload): Promise<Outcome> {
  const user = encodeURIComponent(payload.recipient.nativeId);
  const wanted = renderFlair(guideNames, payload);
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const before = await ask({ method: "GET", path: `/api/v2/users/${user}/customattributes`, alsoFine: refusals });
    if (before.status === 404 || before.status === 410) return held(`user ${payload.recipient.nativeId} is unknown to the platform`);
    const read = userAttributes.safeParse(before.body);
    if (!read.success) return retry(`the user's attributes could not be read (${saidBy(before)})`);
    const all = read.data.attributes;
    const state = stateOf(guideNames, wanted, comparable(oursOf(guideNames, all)), payload);
    if (state === "same") return duplicate(`version ${payload.epoch}.${payload.version} is there`);
    if (state === "newer") return superseded("a newer version is there");
    const etag = before.headers.get("etag");
    const kept = Object.fromEntries(Object.entries(all).filter(([name]) => !guideNames.isOurs(name)));
    const answer = await ask({
      method: "PUT",
      path: `/api/v2/users/${user}`,
      ...(etag === null ? {} : { headers: { "if-match": etag } }),
      json: { customAttributes: { ...kept, ...wanted, [lastUpdated]: payload.decidedAt, [syncStatus]: "COMMITTED" } },
      alsoFine: refusals,
    });
    if (isDisguisedError(answer)) return retry(saidBy(answer));
    if (answer.status < 300) return confirmFlair(ask, payload, wanted, answer.body);
    if (answer.status === 404 || answer.status === 410) return held(`user ${payload.recipient.nativeId} is unknown to the platform`);
    if (answer.status !== 412 && answer.status !== 409) return held(`the attributes were refused (${saidBy(answer)})`);
  }
  return retry("the attributes changed each time between reading and writing");
}

/** What the answer shows counts; an answer without it is looked up. */
async function confirmFlair(ask: AskHost, payload: FlairPayload, wanted: Attributes, body: unknown): Promise<Outcome> {
  const echoed = writtenAttributes.safeParse(body);
  const shown = echoed.success
    ? comparable(oursOf(guideNames, echoed.data.customAttributes))
    : await shownNow(ask, payload.recipient.nativeId);
  if (shown !== null && isSame(wanted, shown)) return delivered(`version ${payload.epoch}.${payload.version} written`);
  return retry("written, but something else is shown");
}

async function shownNow(ask: AskHost, nativeId: string): Promise<Attributes | null> {
  const shown = await readFlair(ask, nativeId);
  return shown.kind === "known" ? shown.attributes : null;
}

export async function readFlair(ask: AskHost, nativeId: string): Promise<Shown> {
  const answer = await ask({ method: "GET", path: `/api/v2/users/${encodeURIComponent(nativeId)}/customattributes`, alsoFine: [404, 410] });
  if (answer.status >= 400) return { kind: "unknown" };
  const read = userAttributes.safeParse(answer.body);
  // Nothing read is not the same as nothing shown.
  if (!read.success) throw unreadable("genesys", nativeId, saidBy(answer));
  const attributes = comparable(oursOf(guideNames, read.data.attributes));
  return { kind: "known", attributes, ...versionIn(guideNames, attributes) };
}

/** Without what tells of the writing rather than of the flair. */
function comparable(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== lastUpdated && name !== syncStatus));
}

/**
 * Absolute values by compare-and-set: nothing compounds, nothing is written over a change somebody else made, and the status is never
 * part of what is written. A boost goes with its length, so that the platform ends it by itself.
 */
export async function adjustChallenge(ask: AskHost, payload: AdjustmentPayload, now: number): Promise<Outcome> {
  const { challengeId, expected, wanted } = payload;
  const path = `/v2/wfm/gamification/challenges/${encodeURIComponent(challengeId)}`;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const before = await ask({ method: "GET", path, alsoFine: refusals });
    if (before.status === 404) return held(`challenge ${challengeId} is unknown to the platform`);
    const current = challenge.safeParse(before.body).data;
    if (current === undefined || isDisguisedError(before)) return retry(`the challenge could not be read (${saidBy(before)})`);
    if (differences(wanted, current).length === 0) return duplicate("the challenge has these settings");
    const unexpected = differences(expected, current);
    if (unexpected.length > 0) return held(`the challenge was changed since the decision: ${unexpected.join("; ")}`);
    const etag = before.headers.get("etag");
    const answer = await ask({
      method: "PUT",
      path,
      ...(etag === null ? {} : { headers: { "if-match": etag } }),
      json: settingsOf(payload, now),
      alsoFine: refusals,
    });
    if (isDisguisedError(answer)) return retry(saidBy(answer));
    if (answer.status < 300) return delivered("the challenge was adjusted");
    if (answer.status !== 412 && answer.status !== 409) return held(`the adjustment was refused (${saidBy(answer)})`);
  }
  return retry("the challenge changed each time between reading and writing");
}

/** The guide counts a boost in days, at least one. */
function settingsOf({ wanted, endsAt }: AdjustmentPayload, now: number): Readonly<Record<string, unknown>> {
  const { multiplier, ...others } = wanted;
  if (endsAt === null || typeof multiplier !== "number") return wanted;
  const durationDays = Math.max(1, Math.round((Date.parse(endsAt) - now) / 86_400_000));
  return { ...others, engagementBoost: { multiplier, durationDays } };
}

function differences(settings: Readonly<Record<string, SettingValue>>, current: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    // A challenge that says nothing of a multiplier has none.
    const now = current[name] ?? (name === "multiplier" ? 1 : null);
    const isSame = now === value || isSameInstant(now, value) || (name === "status" && isSameWord(now, value));
    return isSame ? [] : [`${name} is ${JSON.stringify(now)}, not ${JSON.stringify(value)}`];
  });
}

/** ACTIVE and active are one state [T104]. */
function isSameWord(one: unknown, other: SettingValue): boolean {
  return typeof one === "string" && typeof other === "string" && one.toLowerCase() === other.toLowerCase();
}

function isSameInstant(one: unknown, other: SettingValue): boolean {
  if (typeof one !== "string" || typeof other !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(one)) return false;
  return Date.parse(one) === Date.parse(other);
}

function numberOf(text: string | null): number | null {
  return text === null || Number.isNaN(Number(text)) ? null : Number(text);
}

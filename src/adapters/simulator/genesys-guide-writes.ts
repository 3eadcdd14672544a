import { createHash } from "node:crypto";
import { badges } from "../../domain/simulate/recognition.ts";
import { type Asked, fieldOf, isoText, json, type Reply, type Route, textField } from "./exchange.ts";
import { badRequest, conflict, genesysError, notFound } from "./genesys-errors.ts";
import { challengesAt } from "./genesys-guide.ts";
import { isUser } from "./genesys-users.ts";
import type { SimulatorState } from "./state.ts";

/** Writes under the guides' contract: awards, custom attributes and challenges, the last two with compare-and-set by ETag. */
export function genesysGuideWrites(state: SimulatorState): Route[] {
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"]): Route => ({
    method,
    path,
    permission,
    answer,
    platform: "genesys",
  });
  return [
    route("POST", "/api/v2/gamification/badges/:id/awards", "wem:gamification:write", (asked) => award(state, asked)),
    route("GET", "/api/v2/gamification/badges/:id/awards", "wem:gamification:read", ({ params, query }) =>
      json({ entities: awardsOf(state, params.id ?? "", query.get("userId")) }),
    ),
    route("GET", "/v2/wfm/gamification/challenges/:id", "wfm:gaming:read", ({ params }) => {
      const found = challengesAt(state).find(({ id }) => id === params.id);
      return found === undefined ? notFound("challenge") : json(found, { etag: etagOf(found) });
    }),
    route("PUT", "/v2/wfm/gamification/challenges/:id", "wfm:gaming:write", (asked) => changeChallenge(state, asked)),
    route("GET", "/api/v2/users/:id/customattributes", "directory:user:view", ({ params }) => {
      if (!isUser(state, params.id)) return notFound("user");
      const attributes: unknown = attributesOf(state, params.id ?? "");
      return json({ attributes }, { etag: etagOf(attributes) });
    }),
    route("PUT", "/api/v2/users/:id", "directory:user:edit", (asked) => setAttributes(state, asked)),
  ];
}

/** 201 once, 409 for the same key with the same award; the same key for another award is refused. */
function award(state: SimulatorState, { params, body, header }: Asked): Reply {
  const key = header("idempotency-key");
  if (key === null || key.length > 255) return badRequest("Idempotency-Key", "expected a header of 1 to 255 characters");
  if (!badges.some(({ id }) => id === params.id)) return notFound("badge");
  const userId = textField(body, "userId");
  if (userId === null) return badRequest("userId", "expected the id of a user");
  if (!isUser(state, userId)) return notFound("user");
  const content = JSON.stringify([params.id, body]);
  const known = state.written.get(`award ${key}`);
  if (known === content) return conflict("this award was already given");
  if (known !== undefined) return genesysError(422, "idempotency.key.reused", "the key belongs to another award");
  state.written.set(`award ${key}`, content);
  return json({ awardId: `aw-${state.written.size}`, badgeId: params.id, userId, awardedAt: isoText(state.now) }, {}, 201);
}

function awardsOf(state: SimulatorState, badgeId: string, userId: string | null): readonly unknown[] {
  return [...state.written].flatMap(([place, content]) => {
    if (!place.startsWith("award ")) return [];
    const [badge, body]: readonly unknown[] = JSON.parse(content);
    if (badge !== badgeId || (userId !== null && textField(body, "userId") !== userId)) return [];
    return [{ badgeId, idempotencyKey: place.slice("award ".length), ...(typeof body === "object" ? body : {}) }];
  });
}

function changeChallenge(state: SimulatorState, { params, body, header }: Asked): Reply {
  const before = challengesAt(state).find(({ id }) => id === params.id);
  if (before === undefined) return notFound("challenge");
  if (isStale(header("if-match"), before)) return genesysError(412, "precondition.failed", "the challenge was changed meanwhile");
  const change: Record<string, unknown> = Object.fromEntries(
    ["pointsPerUnit", "multiplier", "endDate", "status"].flatMap((name) => {
      const value = fieldOf(body, name);
      return typeof value === "number" || typeof value === "string" ? [[name, value]] : [];
    }),
  );
  const boost = fieldOf(body, "engagementBoost");
  const [factor, days] = [fieldOf(boost, "multiplier"), fieldOf(boost, "durationDays")];
  if (boost !== undefined && (typeof factor !== "number" || typeof days !== "number" || !Number.isInteger(days) || days < 1))
    return badRequest("engagementBoost", "expected a multiplier and whole durationDays");
  // A boost ends by itself; a multiplier that is set ends it at once.
  if (typeof days === "number")
    change.engagementBoost = { multiplier: factor, durationDays: days, endsAt: isoText(state.now + days * 86_400_000) };
  else if ("multiplier" in change) change.engagementBoost = null;
  if (Object.keys(change).length === 0) return badRequest("body", "expected pointsPerUnit, engagementBoost, multiplier, endDate or status");
  const known: unknown = JSON.parse(state.written.get(`challenge ${params.id}`) ?? "{}");
  state.written.set(`challenge ${params.id}`, JSON.stringify({ ...(typeof known === "object" ? known : {}), ...change }));
  const after = challengesAt(state).find(({ id }) => id === params.id);
  return json(after, { etag: etagOf(after) });
}

function attributesOf({ written }: SimulatorState, userId: string): unknown {
  return JSON.parse(written.get(`attributes ${userId}`) ?? "{}");
}

/** A PUT replaces all attributes there are, whoever wrote them [T93]. */
function setAttributes(state: SimulatorState, { params, body, header }: Asked): Reply {
  const attributes = fieldOf(body, "customAttributes");
  const userId = params.id ?? "";
  if (!isUser(state, userId)) return notFound("user");
  if (typeof attributes !== "object" || attributes === null) return badRequest("customAttributes", "expected an object");
  if (isStale(header("if-match"), attributesOf(state, userId))) {
    return genesysError(412, "precondition.failed", "the attributes were changed meanwhile");
  }
  state.written.set(`attributes ${userId}`, JSON.stringify(attributes));
  return json({ id: userId, customAttributes: attributes }, { etag: etagOf(attributes) });
}

function isStale(expected: string | null, current: unknown): boolean {
  return expected !== null && expected !== etagOf(current);
}

function etagOf(content: unknown): string {
  return `"${createHash("sha256")
    .update(JSON.stringify(content) ?? "")
    .digest("hex")
    .slice(0, 16)}"`;
}

import { type Asked, fieldOf, isoText, json, listField, type Reply, type Route, textField } from "./exchange.ts";
import { numbered } from "./genesys-directory.ts";
import { badRequest, genesysError, notFound } from "./genesys-errors.ts";
import { deleteUser, isUser } from "./genesys-users.ts";
import type { SimulatorState } from "./state.ts";

/**
 * What the vendor's API takes of recognition: custom attributes of users under a schema, and external metric data. No badge,
 * no award, no flair; neither versions nor idempotency keys: the last write wins.
 */
export function genesysRecognition(state: SimulatorState): Route[] {
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"]): Route => ({
    method,
    path: `/api/v2/${path}`,
    permission,
    answer,
    platform: "genesys",
  });
  const schemas = "users/customattributes/schemas";
  return [
    route("GET", schemas, "users:customAttributesSchema:view", () => json({ total: 1, entities: [schemaOf(state)] })),
    route("GET", `${schemas}/:id`, "users:customAttributesSchema:view", ({ params }) => {
      const schema = schemaOf(state);
      return schema.id === params.id ? json(schema) : notFound("schema");
    }),
    route("PUT", `${schemas}/:id`, "users:customAttributesSchema:edit", (asked) => changeSchema(state, asked)),
    route("GET", "users/:id/customattributes/:schemaId", "directory:user:view", ({ params }) => {
      const known = state.written.get(placeOf(params.id ?? "", params.schemaId ?? ""));
      if (!isUser(state, params.id)) return notFound("user");
      return known === undefined ? notFound("custom attributes record") : json(recordOf(state, params.id ?? "", known));
    }),
    route("DELETE", "users/:id", "directory:user:delete", ({ params }) => deleteUser(state, params.id)),
    route("PUT", "users/:id/customattributes", "directory:user:edit", (asked) => write(state, asked, false)),
    route("PATCH", "users/:id/customattributes", "directory:user:edit", (asked) => write(state, asked, true)),
    route("POST", "employeeperformance/externalmetrics/data", "employeePerformance:externalMetricData:add", (asked) =>
      addMetricData(state, asked),
    ),
    route("GET", "employeeperformance/externalmetrics/definitions", "employeePerformance:externalMetricDefinition:view", (asked) =>
      json(numbered(asked, metricDefinitions, 25)),
    ),
  ];
}

export const flairSchemaId = "schema-flair";
export const metricDefinitions = [
  metricDefinition("em-points", "gami points"),
  metricDefinition("em-quality", "gami quality points"),
] as const;

function metricDefinition(id: string, name: string) {
  return {
    id,
    name,
    unit: "Number",
    precision: 0,
    defaultObjectiveType: "HigherIsBetter",
    enabled: true,
    inUse: true,
    retentionMonths: 24,
    selfUri: `/api/v2/employeeperformance/externalmetrics/definitions/${id}`,
  };
}

const mostItems = 100;
const longestText = 200;
const usualFields = ["name", "tier", "award", "version", "window", "ends_at", "next"].map((name) => `gami_flair_${name}`);
const moreFields = ["gami_avatar_variant", "gami_accent", "gami_badge", "gami_flair_tier", "favourite_colour"];

interface Schema {
  readonly id: string;
  readonly version: number;
  readonly fields: readonly string[];
}

function currentSchema({ written }: SimulatorState): Schema {
  const known = written.get(`schema ${flairSchemaId}`);
  if (known !== undefined) return JSON.parse(known);
  return { id: flairSchemaId, version: 1, fields: [...new Set([...usualFields, ...moreFields])] };
}

function schemaOf(state: SimulatorState) {
  const { id, version, fields } = currentSchema(state);
  const properties = Object.fromEntries(fields.map((name) => [name, { allOf: [{ $ref: "#/definitions/text" }], title: name }]));
  const jsonSchema = { $schema: "http://json-schema.org/draft-04/schema#", type: "object", properties, additionalProperties: false };
  return {
    id,
    name: "flair",
    version,
    appliesTo: ["USER"],
    enabled: true,
    jsonSchema,
    selfUri: `/api/v2/users/customattributes/schemas/${id}`,
  };
}

/** As the vendor's, a change of the schema is a new version of it. */
function changeSchema(state: SimulatorState, { params, body }: Asked): Reply {
  const schema = currentSchema(state);
  if (params.id !== schema.id) return notFound("schema");
  const properties = fieldOf(body, "jsonSchema", "properties");
  if (typeof properties !== "object" || properties === null) return badRequest("jsonSchema.properties", "expected an object");
  const changed: Schema = { id: schema.id, version: schema.version + 1, fields: Object.keys(properties) };
  state.written.set(`schema ${schema.id}`, JSON.stringify(changed));
  return json(schemaOf(state));
}

function placeOf(userId: string, schemaId: string): string {
  return `custom ${userId} ${schemaId}`;
}

function recordOf(state: SimulatorState, userId: string, text: string) {
  const attributes: unknown = JSON.parse(text);
  return { id: `${userId}-${flairSchemaId}`, userId, schema: schemaOf(state), attributes };
}

function write(state: SimulatorState, { params, body }: Asked, isMerged: boolean): Reply {
  const userId = params.id ?? "";
  const schema = currentSchema(state);
  const attributes = fieldOf(body, "attributes");
  if (!isUser(state, userId)) return notFound("user");
  if (textField(body, "schemaId") !== schema.id) return badRequest("schemaId", "no such schema");
  if (fieldOf(body, "schemaVersion") !== undefined && fieldOf(body, "schemaVersion") !== schema.version)
    return genesysError(400, "schema.version.invalid", `schemaVersion: the schema is at version ${schema.version}`);
  if (typeof attributes !== "object" || attributes === null) return badRequest("attributes", "expected an object");
  for (const [name, value] of Object.entries(attributes)) {
    if (!schema.fields.includes(name)) return genesysError(400, "schema.field.unknown", `attributes.${name} is not in the schema`);
    if (typeof value !== "string" || value.length > longestText)
      return genesysError(400, "schema.value.invalid", `attributes.${name}: expected text of at most ${longestText} characters`);
  }
  const known: unknown = JSON.parse(state.written.get(placeOf(userId, schema.id)) ?? "{}");
  const merged = { ...(isMerged && typeof known === "object" ? known : {}), ...attributes };
  const text = JSON.stringify(merged);
  state.written.set(placeOf(userId, schema.id), text);
  return json(recordOf(state, userId, text));
}

/** Partial success, as the vendor's: each item is taken or not. Total overwrites, Cumulative adds. */
function addMetricData(state: SimulatorState, { body }: Asked): Reply {
  const items = listField(body, "items");
  if (items.length === 0 || items.length > mostItems) return badRequest("items", `expected 1 to ${mostItems}`);
  const processedEntities: unknown[] = [];
  const unprocessedEntities: unknown[] = [];
  for (const item of items) {
    const trouble = troubleOf(state, item);
    if (trouble !== null) {
      unprocessedEntities.push({ ...(typeof item === "object" ? item : {}), ...trouble });
      continue;
    }
    const place = `metric ${textField(item, "metricId")} ${textField(item, "userId")} ${textField(item, "dateOccurred")}`;
    const value = Number(fieldOf(item, "value"));
    const before =
      textField(item, "type") === "Cumulative" ? Number(fieldOf(JSON.parse(state.written.get(place) ?? "{}"), "value") ?? 0) : 0;
    state.written.set(place, JSON.stringify({ value: before + value, at: isoText(state.now) }));
    processedEntities.push({ ...(typeof item === "object" ? item : {}), totalValue: before + value });
  }
  return json({ processedEntities, unprocessedEntities });
}

function troubleOf(state: SimulatorState, item: unknown): { readonly code: string; readonly message: string } | null {
  const userId = textField(item, "userId") ?? "";
  if (!metricDefinitions.some(({ id }) => id === textField(item, "metricId")))
    return { code: "metric.not.found", message: "no such metric" };
  if (!isUser(state, userId)) return { code: "user.not.found", message: "no such user" };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(textField(item, "dateOccurred") ?? "")) return { code: "bad.date", message: "expected yyyy-MM-dd" };
  return typeof fieldOf(item, "value") === "number" ? null : { code: "bad.value", message: "expected a number" };
}

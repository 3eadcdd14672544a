import type { CanonicalRecord } from "../../domain/records/record.ts";
import { queues } from "../../domain/simulate/organisation.ts";
import type { World } from "../../domain/simulate/world.ts";
import { agentIdOf, contactIdOf, masterContactIdOf, skillIdOf, teamIdOf } from "./cxone-ids.ts";
import { isoText } from "./exchange.ts";
import { phoneOf } from "./genesys-conversation.ts";
import { findListed } from "./people.ts";

type Json = Readonly<Record<string, unknown>>;

const mediaTypes: Readonly<Record<string, readonly [id: number, name: string]>> = {
  voice: [4, "Call"],
  chat: [3, "Chat"],
  email: [1, "Email"],
};
const dispositions: Readonly<Record<string, number>> = { resolved: 93, follow_up: 94, callback: 95, transferred: 96 };

export function dispositionIdOf(name: unknown): number | null {
  return dispositions[String(name)] ?? null;
}

/** One leg as a completed contact, in the names of version 27 and later. Durations in seconds; the total leaves after-call work out. */
export function contactOf(world: World, leg: CanonicalRecord): Json {
  const enteredAt = Number(leg.entered_at);
  const listed = leg.agent_native_id === null ? null : findListed(world, String(leg.agent_native_id), enteredAt);
  const queue = queues.find(({ id }) => id === leg.queue_native_id);
  const [mediaTypeId, mediaTypeName] = mediaTypes[String(leg.channel)] ?? [4, "Call"];
  const isOutbound = leg.direction === "outbound";
  const customer = leg.customer_key === null ? "" : phoneOf(leg.customer_key);
  const line = "8885550199";
  const agentSeconds = (Number(leg.talk_ms ?? 0) + Number(leg.hold_ms ?? 0) + Number(leg.other_ms ?? 0)) / 1_000;
  const inQueueSeconds = Number(leg.queue_ms ?? 0) / 1_000;
  return {
    contactId: contactIdOf(world, leg),
    masterContactId: masterContactIdOf(world, leg),
    contactStartDate: isoText(enteredAt),
    agentId: listed === null ? null : agentIdOf(world, leg.agent_native_id),
    firstName: listed?.firstName ?? null,
    lastName: listed?.lastName ?? null,
    teamId: listed === null ? null : teamIdOf(listed.team.id),
    teamName: listed?.team.name ?? null,
    skillId: queue === undefined ? null : skillIdOf(queue.index),
    skillName: queue?.name ?? null,
    campaignId: 66_661,
    campaignName: "Main Campaign",
    mediaTypeId,
    mediaTypeName,
    mediaSubTypeId: null,
    pointOfContactId: 3_189_288,
    pointOfContactName: "Customer Line",
    fromAddress: isOutbound ? line : customer,
    toAddress: isOutbound ? customer : line,
    isOutbound,
    abandoned: leg.outcome === "abandoned",
    isShortAbandon: leg.outcome === "phantom",
    abandonSeconds: leg.outcome === "abandoned" ? inQueueSeconds : 0,
    preQueueSeconds: 0,
    inQueueSeconds,
    agentSeconds,
    holdSeconds: Number(leg.hold_ms ?? 0) / 1_000,
    holdCount: Number(leg.hold_ms ?? 0) > 0 ? 1 : 0,
    conferenceSeconds: Number(leg.other_ms ?? 0) / 1_000,
    acwSeconds: Number(leg.after_call_ms ?? 0) / 1_000,
    postQueueSeconds: 0,
    releaseSeconds: 0,
    totalDurationSeconds: inQueueSeconds + agentSeconds,
    routingTime: 12_706,
    callbackTime: 0,
    primaryDispositionId: dispositionIdOf(leg.disposition_code),
    secondaryDispositionId: null,
    dispositionNotes: "",
    endReason: leg.outcome === "answered" ? "Agent Hung Up" : "Contact Hung Up",
    isLogged: true,
    isRefused: false,
    isTakeover: false,
    transferIndicatorId: leg.transferred_from === null ? 0 : 2,
    transferIndicatorName: leg.transferred_from === null ? "None" : "ReAgent",
    targetAgentId: leg.transferred_to === null ? null : agentIdOf(world, leg.transferred_to),
    isAnalyticsProcessed: false,
    analyticsProcessedDate: null,
    dateContactWarehoused: isoText(Number(leg.source_updated_at)),
    lastUpdateTime: isoText(Number(leg.source_updated_at)),
    tags: [],
  };
}

const olderNames: Readonly<Record<string, string>> = {
  contactStartDate: "contactStart",
  fromAddress: "fromAddr",
  toAddress: "toAddr",
  mediaTypeId: "mediaType",
  acwSeconds: "ACWSeconds",
  conferenceSeconds: "confSeconds",
};

/** Up to version 23 other names; up to version 20 every value as text as well. */
export function inDialect(contact: Json, version: number): Json {
  if (version > 23) return contact;
  return Object.fromEntries(
    Object.entries(contact).map(([name, value]) => [olderNames[name] ?? name, version <= 20 ? asText(value) : value]),
  );
}

function asText(value: unknown): unknown {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? String(value) : value;
}

/** What a flat projection keeps: `fields=contactId,agentId`. */
export function projected(row: Json, fields: string | null): Json {
  if (fields === null || fields.trim() === "") return row;
  const wanted = new Set(fields.split(",").map((name) => name.trim()));
  return Object.fromEntries(Object.entries(row).filter(([name]) => wanted.has(name)));
}

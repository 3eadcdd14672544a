import { IANAZone } from "luxon";
import * as z from "zod";
import { type CanonicalRecord, emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { envelopeOf, listOf, recordItem, rejectItem, repeatGuard, unitOf, withUnit } from "./items.ts";
import { idOf, textOf } from "./json.ts";
import { barePseudonym, withoutPeople } from "./people.ts";
import type { CxoneContext, MapContext } from "./platform.ts";

const id = z.union([z.number().int().transform(String), z.string().min(1).max(256)]);
const day = z
  .union([z.iso.datetime({ offset: true }), z.iso.date(), z.literal("")])
  .nullish()
  .transform((text) => (text === null || text === undefined || text === "" ? null : text.slice(0, 10)));
const truth = z.union([z.boolean(), z.enum(["True", "False", "true", "false"]).transform((text) => text.toLowerCase() === "true")]);

const agentSchema = z.object({
  agentId: id,
  userId: z.string().nullish(),
  userID: z.string().nullish(),
  emailAddress: z.string().nullish(),
  isActive: truth.nullish(),
  teamId: id.nullish(),
  teamName: z.string().nullish(),
  timeZone: z.string().nullish(),
  location: z.string().nullish(),
  hireDate: day,
  terminationDate: day,
  internalId: z.string().nullish(),
  profileName: z.string().nullish(),
});
type CxoneAgent = z.infer<typeof agentSchema>;

const mostPerPage = 10_000;

export async function* readAgents(context: CxoneContext): AsyncIterable<Page> {
  for await (const { rows, unit } of listings(context, "agents", "agentId asc")) {
    yield { items: rows.flatMap((row, place) => agentItems(`agents row ${place}`, withUnit(row, unit), context)), resume: null };
  }
}

/** Who is there, for reads that must ask agent by agent. */
export async function listAgentUsers(context: CxoneContext): Promise<{ readonly agentId: string; readonly userId: string }[]> {
  const users: { agentId: string; userId: string }[] = [];
  for await (const { rows } of listings(context, "agents", "agentId asc")) {
    for (const row of rows) {
      const [agentId, userId] = [idOf(row, "agentId"), textOf(row, "userId") ?? textOf(row, "userID")];
      if (agentId !== null && userId !== null) users.push({ agentId, userId });
    }
  }
  return users;
}

/** The zone of each agent; days of one without a zone are those of UTC. */
export async function listAgentZones(context: CxoneContext): Promise<ReadonlyMap<string, string>> {
  const zones = new Map<string, string>();
  for await (const { rows } of listings(context, "agents", "agentId asc")) {
    for (const row of rows) {
      const [agentId, zone] = [idOf(row, "agentId"), textOf(row, "timeZone")];
      if (agentId !== null) zones.set(agentId, zone !== null && IANAZone.isValidZone(zone) ? zone : "UTC");
    }
  }
  return zones;
}

export function agentItems(place: string, row: unknown, { pseudonym, drift }: MapContext): SourceItem[] {
  const payload = withoutPeople(row, pseudonym);
  drift.see("agents", agentSchema, payload);
  const parsed = agentSchema.safeParse(payload);
  return parsed.success
    ? [recordItem(place, "agent", mapAgent(parsed.data, unitOf(payload)), payload)]
    : [rejectItem(place, parsed.error, payload)];
}

/** The e-mail address is a pseudonym by now, or gone; names never get here. */
function mapAgent(agent: CxoneAgent, businessUnitId: string): CanonicalRecord {
  return {
    ...emptyRecord("agent"),
    agent_native_id: `${businessUnitId}:${agent.agentId}`,
    employee_id: orNull(agent.internalId),
    email_hmac: orNull(agent.emailAddress === null || agent.emailAddress === undefined ? null : barePseudonym(agent.emailAddress)),
    zone: orNull(agent.timeZone),
    team_id: agent.teamId ?? null,
    team_name: orNull(agent.teamName),
    site: orNull(agent.location),
    role: orNull(agent.profileName),
    hired_on: agent.hireDate,
    left_on: agent.terminationDate,
    is_active: agent.isActive ?? null,
  };
}

function orNull(text: string | null | undefined): string | null {
  return text === undefined || text === null || text === "" ? null : text;
}

const skillSchema = z.object({ skillId: id, skillName: z.string().nullish(), mediaTypeId: z.coerce.number().int().nullish() });
const channels: Readonly<Record<number, string>> = { 1: "email", 3: "chat", 4: "voice", 5: "voicemail", 6: "work_item", 9: "digital" };

export async function* readSkills(context: CxoneContext): AsyncIterable<Page> {
  for await (const { rows } of listings(context, "skills", "skillId asc")) {
    yield { items: rows.flatMap((row, number) => skillItems(`skills row ${number}`, row, context)), resume: null };
  }
}

export function skillItems(place: string, row: unknown, { drift }: MapContext): SourceItem[] {
  drift.see("skills", skillSchema, row);
  const parsed = skillSchema.safeParse(row);
  if (!parsed.success) return [rejectItem(place, parsed.error, row)];
  const { skillId, skillName, mediaTypeId } = parsed.data;
  const channel = mediaTypeId === null || mediaTypeId === undefined ? null : (channels[mediaTypeId] ?? `media_${mediaTypeId}`);
  return [recordItem(place, "queue", { ...emptyRecord("queue"), queue_native_id: skillId, name: skillName ?? null, channel }, row)];
}

/** A listing by offset; a 204 is an empty one. */
async function* listings(
  context: CxoneContext,
  name: string,
  orderBy: string,
): AsyncIterable<{ readonly rows: readonly unknown[]; readonly unit: string }> {
  const { businessUnitId } = await context.tenant();
  const guard = repeatGuard(name);
  let url: URL | null = await context.service(name, { orderBy, skip: "0", top: String(context.pageSize ?? mostPerPage) });
  while (url !== null) {
    guard(url.href);
    const { body } = await context.client.send({ method: "GET", url });
    if (body === null) return;
    const rows = listOf(body, name, name);
    yield { rows, unit: String(envelopeOf(body, "businessUnitId") ?? businessUnitId) };
    const next = textOf(envelopeOf(body, "_links"), "next");
    url = next === null || rows.length === 0 ? null : new URL(next, url);
  }
}

import { queues } from "../../domain/simulate/organisation.ts";
import { projected } from "./cxone-contact.ts";
import { agentIdOf, businessUnitId, skillIdOf, teamIdOf, userIdOf } from "./cxone-ids.ts";
import { type Asked, instantOfText, json, type Reply, wholeParameter } from "./exchange.ts";
import { directoryAt, type Listed } from "./people.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

export function listAgents(state: SimulatorState, asked: Asked): Reply {
  const { query } = asked;
  const { world } = state.centre;
  const active = query.get("isActive");
  if (query.has("updateSince") && instantOfText(query.get("updateSince")) === null)
    return { status: 400, headers: { icStatusDescription: "Invalid updateSince" }, text: "" };
  const all = directoryAt(world, state.now).filter(({ isActive }) => active === null || String(isActive) === active.toLowerCase());
  return listing(
    asked,
    "agents",
    all.map((listed) => agentOf(state, listed)),
  );
}

function agentOf(
  { centre }: SimulatorState,
  { agent, team, isActive, hiredOn, leftOn, firstName, lastName, employeeId, email }: Listed,
): Json {
  const agentId = agentIdOf(centre.world, agent.nativeId) ?? 0;
  return {
    agentId,
    userId: userIdOf(agentId),
    userName: email,
    firstName,
    lastName,
    emailAddress: email,
    isActive,
    teamId: teamIdOf(team.id),
    teamUuid: userIdOf(teamIdOf(team.id)),
    teamName: team.name,
    reportToId: null,
    timeZone: team.site.zone,
    location: team.site.name,
    hireDate: `${hiredOn}T00:00:00.000Z`,
    terminationDate: leftOn === null ? null : `${leftOn}T00:00:00.000Z`,
    internalId: employeeId,
    profileName: "agent",
    custom1: "",
  };
}

export function listTeams({ centre }: SimulatorState, asked: Asked): Reply {
  const teams = centre.world.teams.map(({ id, name, site }) => ({
    teamId: teamIdOf(id),
    teamUuid: userIdOf(teamIdOf(id)),
    teamName: name,
    isActive: true,
    description: site.name,
    inViewGamificationEnabled: false,
    nicePerformanceManagementEnabled: true,
    niceWfmEnabled: true,
    niceQmEnabled: true,
  }));
  return listing(asked, "teams", teams);
}

const mediaTypeIds = { voice: 4, chat: 3, email: 1 } as const;

export function listSkills(asked: Asked): Reply {
  const skills = queues.map(({ index, name, channel }) => ({
    skillId: skillIdOf(index),
    skillName: name,
    mediaTypeId: mediaTypeIds[channel],
    isActive: true,
    isOutbound: false,
    campaignId: 66_661,
  }));
  return listing(asked, "skills", skills);
}

export function listDispositions(asked: Asked): Reply {
  const names = ["Resolved", "Follow up", "Callback", "Transferred"];
  return listing(
    asked,
    "dispositions",
    names.map((dispositionName, place) => ({ dispositionId: 93 + place, dispositionName, isActive: true })),
  );
}

function listing(asked: Asked, name: string, all: readonly Json[]): Reply {
  const { query, path, origin } = asked;
  if (all.length === 0) return { status: 204 };
  const skip = wholeParameter(query, "skip", 0, 1e9);
  const top = Math.max(1, wholeParameter(query, "top", 10_000, 10_000));
  const next = skip + top < all.length ? `${origin}${path}?skip=${skip + top}&top=${top}` : null;
  return json({
    businessUnitId,
    totalRecords: all.length,
    _links: { self: `${origin}${path}?skip=${skip}&top=${top}`, next, previous: null },
    lastPollTime: new Date(0).toISOString(),
    [name]: all.slice(skip, skip + top).map((row) => projected(row, query.get("fields"))),
  });
}

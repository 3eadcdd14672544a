import { instantOf } from "../../domain/simulate/calendar.ts";
import { queues, type Site, sites, type Team } from "../../domain/simulate/organisation.ts";
import { type Asked, json, type Reply, type Route, wholeParameter } from "./exchange.ts";
import { notFound } from "./genesys-errors.ts";
import { isUser } from "./genesys-users.ts";
import { directoryAt, findListed, type Listed } from "./people.ts";
import { pageOf } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

export function genesysDirectory(state: SimulatorState): Route[] {
  const get = (path: string, permission: string, answer: Route["answer"]): Route => ({
    method: "GET",
    path,
    platform: "genesys",
    permission,
    answer,
  });
  const wfm = "/api/v2/workforcemanagement";
  return [
    get("/api/v2/users", "directory:user:view", (asked) => listUsers(state, asked)),
    get("/api/v2/users/:id", "directory:user:view", ({ params }) => {
      const found = findListed(state.centre.world, params.id ?? "", state.now);
      return found === null || !isUser(state, params.id) ? notFound("user") : json(userOf(found));
    }),
    get("/api/v2/teams", "groups:team:view", (asked) => listTeams(state, asked)),
    get("/api/v2/teams/:id/members", "groups:team:view", ({ params }) => {
      const members = directoryAt(state.centre.world, state.now).filter(({ team, isActive }) => isActive && team.id === params.id);
      return json({ entities: members.map(({ agent }) => ({ id: agent.nativeId, selfUri: `/api/v2/users/${agent.nativeId}` })) });
    }),
    get("/api/v2/routing/queues", "routing:queue:view", (asked) => {
      const entities = queues.map(({ id, name }) => ({
        id,
        name,
        division: { id: "division-home" },
        mediaSettings: {},
        selfUri: `/api/v2/routing/queues/${id}`,
      }));
      return json(numbered(asked, entities, 25));
    }),
    get(`${wfm}/managementunits`, "wfm:managementUnit:view", (asked) => json(numbered(asked, sites.map(managementUnit), 25))),
    get(`${wfm}/agents/:id/managementunit`, "wfm:agent:view", ({ params }) => {
      const found = findListed(state.centre.world, params.id ?? "", state.now);
      if (found === null) return notFound("agent");
      const { id, selfUri, businessUnit } = managementUnit(found.team.site);
      // References only: the zone stands in the listing of units.
      return json({ user: { id: found.agent.nativeId }, managementUnit: { id, selfUri }, businessUnit });
    }),
  ];
}

export function managementUnit({ id, name, zone }: Site) {
  return {
    id: `mu-${id}`,
    name,
    timeZone: zone,
    businessUnit: { id: `bu-${id}`, selfUri: `/api/v2/workforcemanagement/businessunits/bu-${id}` },
    version: 1,
    selfUri: `/api/v2/workforcemanagement/managementunits/mu-${id}`,
  };
}

/** Offboarded people stay in the directory as inactive. */
function listUsers({ centre, now }: SimulatorState, asked: Asked): Reply {
  const wanted = asked.query.get("state") ?? "active";
  const ids = asked.query.getAll("id").flatMap((text) => text.split(","));
  const people = directoryAt(centre.world, now).filter(
    ({ agent, isActive }) => (wanted === "any" || isActive === (wanted === "active")) && (ids.length === 0 || ids.includes(agent.nativeId)),
  );
  return json(numbered(asked, people.map(userOf), 500));
}

function userOf({ agent, team, isActive, hiredOn, firstName, lastName, employeeId, email }: Listed): Json {
  return {
    id: agent.nativeId,
    name: `${firstName} ${lastName}`,
    division: { id: "division-home", name: "Home" },
    department: team.site.name,
    title: "agent",
    email,
    username: email,
    state: isActive ? "active" : "inactive",
    version: agent.stays.length,
    team: { id: team.id, name: team.name },
    employerInfo: {
      employeeId,
      employeeType: agent.person.isPartTime ? "Part-time" : "Full-time",
      dateHire: hiredOn,
      officialName: `${firstName} ${lastName}`,
    },
    selfUri: `/api/v2/users/${agent.nativeId}`,
  };
}

/** By a cursor that names the last team of the page before. */
function listTeams({ centre }: SimulatorState, { query }: Asked): Reply {
  const after = query.get("after");
  const pageSize = wholeParameter(query, "pageSize", 25, 100);
  const start = after === null ? 0 : centre.world.teams.findIndex(({ id }) => id === after) + 1;
  const page = centre.world.teams.slice(start, start + pageSize);
  const last = page.at(-1);
  const hasMore = start + page.length < centre.world.teams.length;
  return json({
    entities: page.map(teamOf),
    ...(hasMore && last !== undefined ? { nextUri: `/api/v2/teams?pageSize=${pageSize}&after=${last.id}` } : {}),
    selfUri: "/api/v2/teams",
  });
}

function teamOf({ id, name, site }: Team): Json {
  return { id, name, division: { id: "division-home" }, description: site.name, selfUri: `/api/v2/teams/${id}` };
}

/** A listing with page numbers, as most of the platform pages. */
export function numbered(asked: Asked, all: readonly Json[], mostPerPage: number): Json {
  const pageSize = Math.max(1, wholeParameter(asked.query, "pageSize", 25, mostPerPage));
  const pageNumber = Math.max(1, wholeParameter(asked.query, "pageNumber", 1, 100_000));
  const { page, pageCount } = pageOf(all, pageNumber, pageSize);
  const uri = (number: number) => `${asked.path}?pageSize=${pageSize}&pageNumber=${number}`;
  return {
    entities: page,
    pageSize,
    pageNumber,
    total: all.length,
    pageCount,
    firstUri: uri(1),
    lastUri: uri(pageCount),
    selfUri: uri(pageNumber),
    ...(pageNumber < pageCount ? { nextUri: uri(pageNumber + 1) } : {}),
    ...(pageNumber > 1 ? { previousUri: uri(pageNumber - 1) } : {}),
  };
}

export function siteOfUnit(id: string): Site | undefined {
  return sites.find((site) => `mu-${site.id}` === id || `bu-${site.id}` === id);
}

/** Midnight at a site. */
export function midnight({ zone }: Site, day: number): number {
  return instantOf(zone, day, 0);
}

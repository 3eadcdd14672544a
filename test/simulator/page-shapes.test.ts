import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { askGenesys } from "./genesys-client.ts";
import { openSmallSimulator } from "./simulate.ts";

/** One small answer of each kind, kept under fixtures/ for whoever writes or changes an adapter. `vitest -u` records them again. */
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await openSmallSimulator();
});
afterAll(() => simulator.close());

const fixtures = join(import.meta.dirname, "..", "..", "fixtures");
const day = "2026-02-20";
const range = `startDate=${day}T00:00:00.000Z&endDate=${day}T23:59:59.999Z`;
const services = "/incontactapi/services";

test.each([
  [
    "details-query",
    "POST",
    "/api/v2/analytics/conversations/details/query",
    { interval: `${day}T00:00:00Z/${day}T23:00:00Z`, paging: { pageSize: 1, pageNumber: 1 } },
  ],
  ["availability", "GET", "/api/v2/analytics/conversations/details/jobs/availability"],
  ["users", "GET", "/api/v2/users?pageSize=1"],
  ["teams", "GET", "/api/v2/teams?pageSize=1"],
  ["queues", "GET", "/api/v2/routing/queues?pageSize=1"],
  ["management-units", "GET", "/api/v2/workforcemanagement/managementunits?pageSize=1"],
  [
    "agent-schedules",
    "POST",
    "/api/v2/workforcemanagement/managementunits/mu-syd/agentschedules/search",
    { startDate: `${day}T00:00:00Z`, endDate: `${day}T23:00:00Z`, userIds: ["a0005"] },
  ],
  ["evaluations", "GET", `/api/v2/quality/evaluations/query?startTime=${day}T00:00:00Z&endTime=${day}T23:00:00Z&pageSize=1`],
  ["profiles", "GET", "/api/v2/gamification/profiles"],
  ["points-trend", "GET", `/api/v2/gamification/scorecards/users/a0001/points/trends?startWorkday=${day}&endWorkday=${day}`],
  ["contests", "GET", "/api/v2/gamification/contests?pageSize=1"],
  [
    "guide-export",
    "POST",
    "/analytics/v2/export/data",
    { timeRange: { type: "absolute", start: `${day}T00:00:00Z`, end: `${day}T23:00:00Z` }, pageSize: 2 },
  ],
  ["guide-challenge", "GET", "/v2/wfm/gamification/challenges/c-1-handle"],
  ["not-found", "GET", "/api/v2/users/nobody"],
] as const)("Genesys: %s", async (name, method, path, body?: unknown) => {
  const { text } = await (await askGenesys(simulator.url))(method, path, body);
  await expect(shown(text)).toMatchFileSnapshot(join(fixtures, "genesys", `${name}.json`));
});

test.each([
  ["contacts-completed", "GET", `${services}/v32.0/contacts/completed?${range}&top=1`],
  ["contacts-completed-v23", "GET", `${services}/v23.0/contacts/completed?${range}&top=1`],
  ["contacts-completed-v18", "GET", `${services}/v18.0/contacts/completed?${range}&top=1`],
  ["agents", "GET", `${services}/v32.0/agents?top=1`],
  ["teams", "GET", `${services}/v32.0/teams?top=1`],
  ["skills", "GET", `${services}/v32.0/skills?top=1`],
  ["agents-performance", "GET", `${services}/v32.0/agents/performance?startDate=${day}T00:00:00.000Z&endDate=${day}T06:00:00.000Z`],
  [
    "schedule-adherence",
    "GET",
    `${services}/v32.0/wfm-data/agents/schedule-adherence?startDate=${day}T00:00:00.000Z&endDate=${day}T04:00:00.000Z`,
  ],
  [
    "schedules-export",
    "POST",
    `${services}/v32.0/schedules/export`,
    { startDate: `${day}T00:00:00.000Z`, endDate: `${day}T23:00:00.000Z`, userID: "00000000-0000-4000-8000-000001000001" },
  ],
  ["guide-interactions", "GET", `/api/v2/reporting/interactions?${range}&pageSize=1`],
] as const)("CXone: %s", async (name, method, path, body?: unknown) => {
  const form = {
    grant_type: "password",
    username: "SIMKEY7Q====",
    password: "SIMSECRETXYZ====",
    client_id: "sim-client@gami",
    client_secret: "sim secret+",
  };
  const granted = await fetch(`${simulator.url}/auth/token`, { method: "POST", body: new URLSearchParams(form) });
  const { access_token }: { access_token?: string } = JSON.parse(await granted.text());
  const answer = await fetch(`${simulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await expect(shown(await answer.text())).toMatchFileSnapshot(join(fixtures, "cxone", `${name}.json`));
});

/** Indented, and without the port of this run. */
function shown(text: string): string {
  return `${JSON.stringify(JSON.parse(text), null, 1).replaceAll(simulator.url, "https://platform.example")}\n`;
}

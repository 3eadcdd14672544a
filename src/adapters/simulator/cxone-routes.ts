import { cxoneAgent } from "./cxone-agent.ts";
import { cxoneAuth } from "./cxone-auth.ts";
import { completedContacts } from "./cxone-contacts.ts";
import { listAgents, listDispositions, listSkills, listTeams } from "./cxone-directory.ts";
import { searchFeedback } from "./cxone-feedback.ts";
import { reportInteractions } from "./cxone-guide.ts";
import {
  agentsPerformance,
  downloadExtraction,
  exportSchedule,
  extractionStatus,
  scheduleAdherence,
  submitExtraction,
} from "./cxone-reports.ts";
import type { Route } from "./exchange.ts";
import type { SimulatorState } from "./state.ts";

/** The vendor's API and the guides' one report; the version is a segment of the path, as in `v32.0`. */
export function cxoneRoutes(state: SimulatorState): Route[] {
  const services = "/incontactapi/services/:version";
  const route = (method: Route["method"], path: string, permission: string, answer: Route["answer"], isCacheable = false): Route => ({
    method,
    path,
    permission,
    answer,
    isCacheable,
    platform: "cxone",
  });
  return [
    ...cxoneAuth(state),
    ...cxoneAgent(state),
    route("GET", `${services}/contacts/completed`, "Reporting > Contacts view", (asked) => completedContacts(state, asked), true),
    route("GET", `${services}/agents`, "Admin > Employees view", (asked) => listAgents(state, asked)),
    route("GET", `${services}/teams`, "Admin > Teams view", (asked) => listTeams(state, asked)),
    route("GET", `${services}/skills`, "ACD > Skills view", listSkills),
    route("GET", `${services}/dispositions`, "ACD > Dispositions view", listDispositions),
    route("GET", `${services}/agents/performance`, "Reporting > Agents view", (asked) => agentsPerformance(state, asked)),
    route("GET", `${services}/wfm-data/agents/schedule-adherence`, "WFM > Data view", (asked) => scheduleAdherence(state, asked)),
    route("POST", `${services}/schedules/export`, "WFM > Schedules view", (asked) => exportSchedule(state, asked)),
    route("POST", "/schedules/export", "WFM > Schedules view", (asked) => exportSchedule(state, asked)),
    route("POST", "/data-extraction/v1/jobs", "QM Tools > Data Extraction APIs > QM Workflow API", (asked) =>
      submitExtraction(state, asked),
    ),
    route("GET", "/data-extraction/v1/jobs/:id", "QM Tools > Data Extraction APIs > QM Workflow API", (asked) =>
      extractionStatus(state, asked),
    ),
    { method: "GET", path: "/_download/extraction/:id", platform: null, answer: (asked) => downloadExtraction(state, asked) },
    route("POST", "/survey-data/v1.0/feedback/search", "Feedback Management > Survey Data", (asked) => searchFeedback(state, asked), true),
    route("GET", "/api/v2/reporting/interactions", "READ_INTERACTION", (asked) => reportInteractions(state, asked), true),
  ];
}

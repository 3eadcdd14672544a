import type { ReadDescription } from "../../../ports/platform.ts";

/** What the vendor's API can be asked for. */
export const platformReads: readonly ReadDescription[] = [
  {
    name: "contacts",
    streams: ["interaction"],
    grain: "one contact: one leg with at most one agent",
    key: "contactId",
    kind: "slices",
    paging: "link",
    // After-call work, dispositions and analytics arrive hours to days after the contact.
    latenessHours: 72,
    sliceHours: 24,
    permission: "Reporting > Contacts view",
  },
  {
    name: "evaluations",
    streams: ["evaluation"],
    grain: "one completed evaluation workflow, by the day it was submitted",
    key: "Workflow_ID",
    kind: "slices",
    paging: "file",
    // Rows are filed by submission, but a dispute may change a score later.
    latenessHours: 24 * 7,
    // One call in 30 seconds and fifteen days at most, so a week at a time.
    sliceHours: 24 * 7,
    permission: "QM Tools > Data Extraction APIs > QM Workflow API",
  },
  {
    name: "schedules",
    streams: ["shift", "adherence"],
    grain: "one shift of one agent, and how much of it was worked",
    key: "shift id",
    kind: "slices",
    paging: "pages",
    latenessHours: 48,
    // The export takes one agent and at most seven days, so longer slices mean fewer requests.
    sliceHours: 24 * 7,
    permission: "WFM > Schedules view",
  },
  {
    name: "performance",
    streams: ["performance_day"],
    grain: "one agent's local day, as the platform sums it up",
    key: "businessUnitId, agentId, local day",
    kind: "slices",
    paging: "pages",
    // After-call work and late contacts change the sums; a day west of UTC ends a day later.
    latenessHours: 96,
    sliceHours: 24 * 7,
    permission: "Reporting > Agents view",
  },
  {
    name: "agents",
    streams: ["agent"],
    grain: "one agent as of now",
    key: "businessUnitId, agentId",
    kind: "snapshot",
    paging: "offset",
    latenessHours: 0,
    sliceHours: 24,
    permission: "Admin > Employees view",
  },
  {
    name: "skills",
    streams: ["queue"],
    grain: "one skill as of now",
    key: "skillId",
    kind: "snapshot",
    paging: "offset",
    latenessHours: 0,
    sliceHours: 24,
    permission: "ACD > Skills view",
  },
];

/** Only where the config says which fields of the tenant's surveys hold what. */
export const feedbackRead: ReadDescription = {
  name: "feedback",
  streams: ["survey"],
  grain: "one answered survey, by the time it was answered",
  key: "the field the config names",
  kind: "slices",
  paging: "cursor",
  // By the time of the answer, which may take a while to arrive.
  latenessHours: 72,
  sliceHours: 24,
  permission: "Feedback Management > Survey Data",
};

/** The guides describe one report. */
export const guideReads: readonly ReadDescription[] = [
  {
    name: "interactions",
    streams: ["interaction", "evaluation"],
    grain: "one interaction with at most one agent, and its quality score once there is one",
    key: "interactionId",
    kind: "slices",
    paging: "cursor",
    // The quality score comes 48 h late, sometimes after 72.
    latenessHours: 96,
    sliceHours: 24,
    permission: "READ_INTERACTION",
  },
];

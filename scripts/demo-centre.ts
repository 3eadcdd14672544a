// What the demo simulates, loads and reads of it; test/dbt/cloud-marts.test.ts builds the same on every warehouse.

/** The same centre for the platform and for the files: here enrolment really makes a contact 20 seconds shorter. */
export const centre = ["--seed", "7", "--agents", "40", "--days", "120", "--start", "2026-01-05", "--effect-seconds", "-20"];
export const since = "2026-01-05";
export const until = "2026-05-05";
/** Read from the simulated Genesys Cloud. */
export const streams = "users,queues,shifts,adherence,conversations";
/** Imported, as a gamification tool and the finance team would export them. */
export const tables = ["agents", "badges", "challenges", "challenge_statuses", "enrolments", "gamification_events", "costs"];
export const sources = `
identity: mapped
sources:
  genesys:
    baseUrl: http://127.0.0.1:0
    clientId: sim-client
    # A real secret comes from the environment: clientSecret: \${GENESYS_CLIENT_SECRET}
    clientSecret: sim-secret
    requestsPerMinute: 600000
    jobPollMs: 10
`;

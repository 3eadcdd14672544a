import type { Clock } from "../../../ports/clock.ts";
import type { StateStore } from "../../../ports/state-store.ts";
import type { PostgresConfig } from "./config.ts";
import { postgresDecisions } from "./decisions.ts";
import { openSessions } from "./driver.ts";
import { postgresKeeper } from "./keeper.ts";
import { postgresLeases } from "./leases.ts";
import { migrate, storedVersion } from "./migrate.ts";
import { postgresRuns } from "./runs.ts";
import { postgresTokens } from "./tokens.ts";

export interface PostgresStoreOptions extends PostgresConfig {
  readonly clock: Clock;
}

/**
 * Opens the store that several hosts share, and brings it up to date; makes its schema when there is none.
 * @throws WarehouseError (not reachable, read-only, newer than this gami), AuthError, LockHeldError (busy too long).
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<StateStore> {
  const { schema, clock } = options;
  const sessions = await openSessions(options);
  try {
    await sessions.transact((session) => migrate(session, schema, clock.now()));
  } catch (error) {
    await sessions.close();
    throw error;
  }
  return {
    runs: postgresRuns(sessions),
    leases: postgresLeases(sessions, clock),
    tokens: postgresTokens(sessions),
    decisions: postgresDecisions(sessions, clock),
    keeping: postgresKeeper(sessions, schema),
    schemaVersion: () => sessions.transact((session) => storedVersion(session, schema)),
    close: () => sessions.close(),
  };
}

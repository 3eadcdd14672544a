import { LockHeldError } from "../../errors.ts";
import type { Lease } from "../../ports/state-store.ts";
import type { StateRow } from "./decision-rows.ts";

export function toLease(row: StateRow): Lease {
  return {
    name: String(row.name),
    holder: String(row.holder),
    fence: Number(row.fence),
    expiresAt: Number(row.expires_at),
    heartbeatAt: Number(row.heartbeat_at),
  };
}

export function leaseLost(name: string): LockHeldError {
  return new LockHeldError(`the lease ${name} is held by another process now: nothing more may be written under it`, {
    code: "LEASE_LOST",
    hint: "run the command again when the other process has ended",
  });
}

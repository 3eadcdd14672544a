import { LockHeldError } from "../../errors.ts";
import type { StateStore } from "../../ports/state-store.ts";

export interface LeaseDeps {
  readonly state: Pick<StateStore, "leases">;
  /** Unique per process: host, pid and run. */
  readonly holder: string;
  /** True for a holder whose process is known to have ended: its lease need not run out. */
  readonly isGone?: (holder: string) => boolean;
}

/** What is done under the lease, and how a second process is told of it. */
export interface LeaseUse {
  readonly name: string;
  /** `reading genesys users` */
  readonly doing: string;
  readonly code: string;
}

const leaseMs = 60_000;

/**
 * Does work that only one process at a time should do: it saves API budget and names who is at it. That nothing is written
 * twice does not hang on it: the fences of cursors and messages see to that.
 * @throws LockHeldError naming the holder.
 */
export async function underLease<T>(deps: LeaseDeps, use: LeaseUse, work: (lost: AbortSignal) => Promise<T>): Promise<T> {
  const { state, holder } = deps;
  const { name } = use;
  let lease = await state.leases.acquire({ name, holder, durationMs: leaseMs });
  if (lease === null) {
    const held = (await state.leases.list()).find((one) => one.name === name);
    if (held !== undefined && deps.isGone?.(held.holder) === true) {
      await state.leases.release(held);
      lease = await state.leases.acquire({ name, holder, durationMs: leaseMs });
    }
  }
  if (lease === null) {
    const held = (await state.leases.list()).find((one) => one.name === name);
    const until =
      held === undefined ? "" : `, at the latest until ${new Date(held.expiresAt).toISOString().slice(11, 19)}Z unless it goes on`;
    throw new LockHeldError(`${held?.holder ?? "another process"} is ${use.doing}${until}`, {
      code: use.code,
      hint: "wait for it to end ('gami runs list' shows it), then run the command again",
    });
  }
  const lost = new AbortController();
  const beat = setInterval(() => {
    if (lease === null) return;
    state.leases.renew(lease, leaseMs).then(
      (renewed) => {
        lease = renewed;
      },
      (error: unknown) => lost.abort(error),
    );
  }, leaseMs / 3).unref();
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(beat);
    await state.leases.release(lease);
  }
}

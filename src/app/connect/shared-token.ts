import { hash } from "node:crypto";
import { LockHeldError } from "../../errors.ts";
import type { GrantedToken, RequestToken, SecretBox, TokenClient, TokenSource } from "../../ports/access-token.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SealedToken, StateStore } from "../../ports/state-store.ts";

export interface SharedTokenDeps {
  readonly state: Pick<StateStore, "tokens" | "leases">;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface SharedTokenOptions {
  readonly client: TokenClient;
  /** Unique per process. */
  readonly holder: string;
  readonly request: RequestToken;
}

interface Held extends GrantedToken {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Renewed before it ends: a call that starts now must still be allowed when it arrives. */
const renewAtShare = 0.8;
const leaseMs = 60_000;
const pollMs = 250;
const patienceMs = 90_000;

/**
 * One access token for all processes of a project: kept encrypted in the operational store, so that a restart needs no
 * new one, and asked for by one process at a time, since token endpoints are the first to throttle [T102].
 * @throws LockHeldError when another process holds the right to renew and does not come back with a token.
 */
export function sharedToken(deps: SharedTokenDeps, { client, holder, request }: SharedTokenOptions): TokenSource {
  const { state, box, clock } = deps;
  const { name } = client;
  // What was sealed for another secret does not open: a changed secret is tried, not taken for granted.
  const place = `${name}:${hash("sha256", client.secret)}`;
  let held: Held | null = null;
  let renewing: Promise<Held> | null = null;

  const isFresh = (token: Held, refused: string | null) =>
    token.authorization !== refused && clock.now() < token.issuedAt + (token.expiresAt - token.issuedAt) * renewAtShare;

  async function stored(): Promise<Held | null> {
    const sealed = await state.tokens.read(name);
    return sealed === null ? null : unseal(box, place, sealed);
  }

  async function renewUnderLease(refused: string | null): Promise<Held> {
    const began = clock.now();
    for (;;) {
      const known = await stored();
      if (known !== null && isFresh(known, refused)) return known;
      const lease = await state.leases.acquire({ name: `token:${name}`, holder, durationMs: leaseMs });
      if (lease !== null) {
        try {
          // Somebody may have renewed it between our look and our lease.
          const before = await stored();
          if (before !== null && isFresh(before, refused)) return before;
          const granted = withTimes(await request(before), clock.now());
          await state.tokens.write(name, seal(box, place, granted));
          return granted;
        } finally {
          await state.leases.release(lease);
        }
      }
      if (clock.now() - began > patienceMs) {
        throw new LockHeldError(`another process has been renewing the token of ${name} for ${patienceMs / 1000} s`, {
          code: "TOKEN_LEASE_HELD",
          hint: "run the command again in a minute; the lease ends by itself",
        });
      }
      await deps.sleep(pollMs);
    }
  }

  /** Callers of this process share one renewal. */
  async function fresh(refused: string | null): Promise<string> {
    if (held !== null && isFresh(held, refused)) return held.authorization;
    renewing ??= renewUnderLease(refused).finally(() => {
      renewing = null;
    });
    held = await renewing;
    return held.authorization;
  }

  return { current: () => fresh(null), renew: (refused) => fresh(refused) };
}

function withTimes(granted: GrantedToken, now: number): Held {
  return { ...granted, issuedAt: now, expiresAt: now + granted.expiresInSeconds * 1000 };
}

function seal(box: SecretBox, place: string, token: Held): SealedToken {
  const { authorization, refreshToken = null } = token;
  return {
    sealed: box.close(JSON.stringify({ authorization, refreshToken }), place),
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
  };
}

/** A token that does not open (another key, another secret, a changed row) is as good as none: a new one is asked for. */
function unseal(box: SecretBox, place: string, { sealed, issuedAt, expiresAt }: SealedToken): Held | null {
  const text = box.open(sealed, place);
  if (text === null) return null;
  const content: unknown = JSON.parse(text);
  if (typeof content !== "object" || content === null || !("authorization" in content)) return null;
  const refreshToken = "refreshToken" in content && typeof content.refreshToken === "string" ? { refreshToken: content.refreshToken } : {};
  return {
    authorization: String(content.authorization),
    expiresInSeconds: (expiresAt - issuedAt) / 1000,
    ...refreshToken,
    issuedAt,
    expiresAt,
  };
}

import { createHmac } from "node:crypto";
import { businessUnitId } from "./cxone-ids.ts";
import type { PlatformName } from "./exchange.ts";

/** Access tokens of the simulator: they outlive a restart, and end when their time is over or a fault revokes them. */
export interface Tokens {
  /** Also counts: a test can see how often a client asked. */
  issue(platform: PlatformName): string;
  isValid(platform: PlatformName, authorization: string | null): boolean;
  revoke(authorization: string): void;
  readonly issued: () => Readonly<Record<PlatformName, number>>;
  readonly lifeSeconds: number;
}

const keptRefusals = 10_000;
export const tenantId = "11eb0000-5151-0000-0000-0242ac110002";

/** Both are shaped as JWTs, since one vendor's clients read the tenant out of theirs. */
export function openTokens(seed: string, lifeSeconds: number, now: () => number): Tokens {
  const refused = new Set<string>();
  const counts = { genesys: 0, cxone: 0 };
  const sign = (content: string) => createHmac("sha256", `simulator ${seed}`).update(content).digest("base64url").slice(0, 22);
  const encode = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return {
    lifeSeconds,
    issued: () => ({ ...counts }),
    issue(platform) {
      counts[platform] += 1;
      const claims = platform === "cxone" ? { tenantId, icBUId: businessUnitId, icDomain: "simulated", area: "sim" } : {};
      const exp = now() / 1_000 + lifeSeconds;
      const content = `${encode({ alg: "HS256" })}.${encode({ aud: platform, exp, jti: counts[platform], ...claims })}`;
      return `${content}.${sign(content)}`;
    },
    isValid(platform, authorization) {
      const [, token] = /^bearer (.+)$/i.exec(authorization ?? "") ?? [];
      if (token === undefined || refused.has(token)) return false;
      const [header = "", payload = "", signed] = token.split(".");
      if (signed !== sign(`${header}.${payload}`)) return false;
      const claims: { aud?: string; exp?: number } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
      return claims.aud === platform && now() < (claims.exp ?? 0) * 1_000;
    },
    revoke(authorization) {
      if (refused.size >= keptRefusals) refused.clear();
      refused.add(authorization.replace(/^bearer /i, ""));
    },
  };
}

/** The only credentials the simulator knows. */
export const credentials = {
  genesys: { id: "sim-client", secret: "sim-secret" },
  cxone: { id: "sim-client@gami", secret: "sim secret+", accessKey: "SIMKEY7Q====", accessSecret: "SIMSECRETXYZ====" },
} as const;

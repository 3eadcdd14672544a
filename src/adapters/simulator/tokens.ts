import { createHmac } from "node:crypto";
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

export function openTokens(seed: string, lifeSeconds: number, now: () => number): Tokens {
  const refused = new Set<string>();
  const counts = { genesys: 0, cxone: 0 };
  const signature = (content: string) => createHmac("sha256", `simulator ${seed}`).update(content).digest("base64url").slice(0, 22);
  return {
    lifeSeconds,
    issued: () => ({ ...counts }),
    issue(platform) {
      counts[platform] += 1;
      const content = `${platform}.${(now() + lifeSeconds * 1_000).toString(36)}.${counts[platform].toString(36)}`;
      return `${content}.${signature(content)}`;
    },
    isValid(platform, authorization) {
      const [, token] = /^bearer (.+)$/i.exec(authorization ?? "") ?? [];
      if (token === undefined || refused.has(token)) return false;
      const [owner, endsAt = "", number, signed] = token.split(".");
      const isOurs = owner === platform && signed === signature(`${owner}.${endsAt}.${number}`);
      return isOurs && now() < Number.parseInt(endsAt, 36);
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

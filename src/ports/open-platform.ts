import type { ShareToken } from "./access-token.ts";
import type { Platform } from "./platform.ts";

export const platformNames = ["genesys", "cxone"] as const;
export type PlatformName = (typeof platformNames)[number];

/** What a platform needs of whoever runs it. */
export interface PlatformNeeds {
  /** One token for all processes: told the client's name and how to ask for a new one. */
  readonly shareToken: ShareToken;
  readonly signal: AbortSignal;
  readonly onWarning: (text: string) => void;
}

export type OpenPlatform = (name: PlatformName, needs: PlatformNeeds) => Promise<Platform>;

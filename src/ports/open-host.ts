import type { ShareToken } from "./access-token.ts";
import type { RecognitionHost } from "./recognition-host.ts";

/** What a host needs of whoever runs it. */
export interface HostNeeds {
  /** One token for all processes: told the client's name and how to ask for a new one. */
  readonly shareToken: ShareToken;
  /** Not cut short by a stop: what is in flight is finished. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly onWarning: (text: string) => void;
}

/** The host of a name, as configured; nobody calls it yet. @throws ConfigError when it is not configured. */
export type OpenHost = (name: string, needs: HostNeeds) => Promise<RecognitionHost>;

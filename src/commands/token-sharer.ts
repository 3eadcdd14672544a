import { setTimeout as sleep } from "node:timers/promises";
import { sharedToken } from "../app/connect/shared-token.ts";
import type { RequestToken, TokenClient, TokenSource } from "../ports/access-token.ts";
import type { CommandContext } from "./command.ts";
import { holderOf } from "./holder.ts";

/** One token per platform client for all processes. The operational store is opened when the first token is needed. */
export function tokenSharer({ deps, signal }: CommandContext) {
  return (client: TokenClient, request: RequestToken): TokenSource => {
    let opening: Promise<TokenSource> | null = null;
    const open = async () => {
      const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal });
      const shared = { state: await deps.state(), box: await deps.tokenBox(), clock: deps.clock, sleep: wait };
      return sharedToken(shared, { client, holder: holderOf(deps), request });
    };
    const source = () => {
      opening ??= open();
      return opening;
    };
    return { current: async () => (await source()).current(), renew: async (refused) => (await source()).renew(refused) };
  };
}

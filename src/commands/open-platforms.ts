import type { PlatformName } from "../ports/open-platform.ts";
import type { Platform } from "../ports/platform.ts";
import type { CommandContext } from "./command.ts";
import { tokenSharer } from "./token-sharer.ts";

/** A platform as configured; nobody calls it yet. */
export function openPlatformIn(context: CommandContext, name: PlatformName): Promise<Platform> {
  const { deps, signal } = context;
  return deps.openPlatform(name, { signal, onWarning: (text) => deps.output.warn(text), shareToken: tokenSharer(context) });
}

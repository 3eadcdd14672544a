import { platformRemapper } from "../app/ingest/platform-remapper.ts";
import type { FindRemapper } from "../app/ingest/remapper.ts";
import { type PlatformName, platformNames } from "../ports/open-platform.ts";
import type { Platform } from "../ports/platform.ts";
import type { CommandContext } from "./command.ts";
import { openPlatformIn } from "./open-platforms.ts";

/**
 * Finds what archived records are mapped again by: the mapping that a CSV source was read by, or the file given instead; the
 * platform as it is configured, where it was read under the same contract. All else stays as it is.
 */
export function findRemapperIn(
  context: CommandContext,
  { mapping, only }: { readonly mapping: string | undefined; readonly only: string | undefined },
): FindRemapper {
  const { deps } = context;
  const platforms = new Map<PlatformName, Platform>();
  const platformOf = async (name: PlatformName) => {
    const platform = platforms.get(name) ?? (await openPlatformIn(context, name));
    platforms.set(name, platform);
    return platform;
  };
  return async (source, version, stream) => {
    if (only !== undefined && source !== only) return null;
    if (source.startsWith("csv:")) {
      const { map, mapperVersion, datedBy } = await (await deps.fileSource()).remapper({ source, version, mapping: mapping ?? null });
      return { map: (document) => [map(document)], mapperVersion, datedBy };
    }
    const name = platformNames.find((one) => one === source);
    const isConfigured = name !== undefined && deps.config.sources[name] !== null;
    return isConfigured ? platformRemapper(await platformOf(name), version, stream) : null;
  };
}

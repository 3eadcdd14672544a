import { ConfigError } from "../../errors.ts";
import type { PlatformName, PlatformNeeds } from "../../ports/open-platform.ts";
import type { Platform } from "../../ports/platform.ts";
import type { CxoneSettings } from "./cxone/open-cxone.ts";
import type { GenesysSettings } from "./genesys/open-genesys.ts";

export interface PlatformSources {
  readonly genesys: GenesysSettings | null;
  readonly cxone: CxoneSettings | null;
}

export interface OpenPlatformOptions extends PlatformNeeds {
  readonly sources: PlatformSources;
  readonly pseudonymKey: Buffer;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The platform of a name, as the config describes it. */
export async function openPlatform(name: PlatformName, options: OpenPlatformOptions): Promise<Platform> {
  const { genesys, cxone } = options.sources;
  if (name === "genesys" && genesys !== null) {
    const { openGenesys } = await import("./genesys/open-genesys.ts");
    return openGenesys({ ...options, settings: genesys });
  }
  if (name === "cxone" && cxone !== null) {
    const { openCxone } = await import("./cxone/open-cxone.ts");
    return openCxone({ ...options, settings: cxone });
  }
  throw new ConfigError(`gami.config.yaml has no sources.${name}: expected its address and credentials there`, {
    code: "SOURCE_NOT_CONFIGURED",
    hint: `add sources.${name} to gami.config.yaml; docs/configuration.md lists its keys`,
  });
}

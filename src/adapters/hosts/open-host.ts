import { ConfigError } from "../../errors.ts";
import type { ShareToken } from "../../ports/access-token.ts";
import type { RecognitionHost } from "../../ports/recognition-host.ts";
import type { CsvHostSettings } from "./csv/open-csv-host.ts";
import type { CxoneAccess, CxoneHostSettings } from "./cxone/open-cxone-host.ts";
import type { GenesysAccess, GenesysHostSettings } from "./genesys/open-genesys-host.ts";
import type { HostNeeds } from "./polite-host.ts";
import type { WebhookHostSettings } from "./webhook/open-webhook-host.ts";

export type HostSettings =
  | (GenesysHostSettings & { readonly kind: "genesys" })
  | (CxoneHostSettings & { readonly kind: "cxone" })
  | (WebhookHostSettings & { readonly kind: "webhook" })
  | (CsvHostSettings & { readonly kind: "csv" });

export interface OpenHostOptions extends HostNeeds {
  /** Addresses and credentials of the platforms. */
  readonly sources: { readonly genesys: GenesysAccess | null; readonly cxone: CxoneAccess | null };
  readonly shareToken: ShareToken;
}

/** The host of a name, as the config describes it; nobody is called yet. @throws ConfigError for a name it does not have. */
export async function openHost(hosts: readonly HostSettings[], name: string, options: OpenHostOptions): Promise<RecognitionHost> {
  const { genesys, cxone } = options.sources;
  const settings = hosts.find((host) => host.name === name);
  if (settings === undefined) {
    throw new ConfigError(`gami.config.yaml has no hosts.${name}`, {
      code: "HOST_NOT_CONFIGURED",
      hint: `add hosts.${name} to gami.config.yaml; docs/delivery.md shows how`,
    });
  }
  switch (settings.kind) {
    case "genesys":
      return (await import("./genesys/open-genesys-host.ts")).openGenesysHost(settings, configured(settings, genesys), options);
    case "cxone":
      return (await import("./cxone/open-cxone-host.ts")).openCxoneHost(settings, configured(settings, cxone), options);
    case "webhook":
      return (await import("./webhook/open-webhook-host.ts")).openWebhookHost(settings, options);
    case "csv":
      return (await import("./csv/open-csv-host.ts")).openCsvHost(settings);
  }
}

function configured<T>({ name, kind }: HostSettings, access: T | null): T {
  if (access !== null) return access;
  throw new ConfigError(`hosts.${name} needs sources.${kind}: expected its address and credentials there`, {
    code: "SOURCE_NOT_CONFIGURED",
    hint: `add sources.${kind} to gami.config.yaml; docs/configuration.md lists its keys`,
  });
}

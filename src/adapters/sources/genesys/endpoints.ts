import { nearest } from "../../../config/nearest.ts";
import { ConfigError } from "../../../errors.ts";

/** Where a Genesys Cloud organisation answers: one origin gives tokens, the other everything else. */
export interface Endpoints {
  readonly api: URL;
  readonly login: URL;
}

/** AWS region to the host names' common part, as the vendor's own client knows them. */
const environments: Readonly<Record<string, string>> = {
  us_east_1: "mypurecloud.com",
  eu_west_1: "mypurecloud.ie",
  ap_southeast_2: "mypurecloud.com.au",
  ap_northeast_1: "mypurecloud.jp",
  eu_central_1: "mypurecloud.de",
  us_west_2: "usw2.pure.cloud",
  ca_central_1: "cac1.pure.cloud",
  ap_northeast_2: "apne2.pure.cloud",
  eu_west_2: "euw2.pure.cloud",
  ap_south_1: "aps1.pure.cloud",
  us_east_2: "use2.us-gov-pure.cloud",
  sa_east_1: "sae1.pure.cloud",
  me_central_1: "mec1.pure.cloud",
  ap_northeast_3: "apne3.pure.cloud",
  eu_central_2: "euc2.pure.cloud",
  mx_central_1: "mxc1.pure.cloud",
  ap_southeast_1: "apse1.pure.cloud",
  eusc_de_east_1: "edee1.eusc-pure.cloud",
};

export interface EndpointChoice {
  /** `eu_central_1`, `eu-central-1` or `mypurecloud.de`. */
  readonly region: string | null;
  /** Instead of a region: where the simulator, or a proxy, answers. */
  readonly baseUrl: string | null;
  readonly loginUrl: string | null;
}

/** @throws ConfigError when there is neither region nor base URL, or the region is none of the vendor's. */
export function findEndpoints({ region, baseUrl, loginUrl }: EndpointChoice): Endpoints {
  if (baseUrl !== null) return { api: new URL(baseUrl), login: new URL(loginUrl ?? baseUrl) };
  const environment = environmentOf(region ?? "");
  return { api: new URL(`https://api.${environment}`), login: new URL(loginUrl ?? `https://login.${environment}`) };
}

function environmentOf(region: string): string {
  const known = Object.values(environments).find((environment) => environment === region);
  const found = known ?? environments[region.replaceAll("-", "_")];
  if (found !== undefined) return found;
  const names = Object.keys(environments);
  const meant = nearest(region.replaceAll("-", "_"), names);
  throw new ConfigError(
    `sources.genesys.region "${region}" is no Genesys Cloud region - expected ${meant === null ? `one of ${names.join(", ")}` : `${meant}, perhaps`}`,
    {
      code: "REGION_UNKNOWN",
      hint: "set sources.genesys.region in gami.config.yaml to the region of your organisation, like eu_central_1",
    },
  );
}

import { resolve } from "node:path";
import type { HostConfig, MessageKind } from "./config.ts";
import { messageKinds } from "./hosts.ts";
import type { ConfigFile } from "./schema.ts";

type Kind = HostConfig["kind"];
type Contract = "guide" | "platform";

/** What each kind of host can be told under a contract. The vendors have no badge, and CXone no points (docs/delivery.md). */
export function tellable(kind: Kind, contract: Contract): readonly MessageKind[] {
  if (kind === "genesys") return contract === "guide" ? ["award", "flair", "adjustment"] : ["flair", "points"];
  return kind === "cxone" ? ["flair"] : messageKinds;
}

export function toHosts(file: ConfigFile, folder: string): HostConfig[] {
  return Object.entries(file.hosts).map(([name, host]) => toHost(file, folder, name, host));
}

function toHost({ sources, organisation }: ConfigFile, folder: string, name: string, host: ConfigFile["hosts"][string]): HostConfig {
  const { kind } = host;
  const source = kind === "genesys" || kind === "cxone" ? sources[kind] : undefined;
  const limits = {
    name,
    tells: host.tells ?? tellable(kind, sources.genesys?.contract ?? "platform"),
    publication: publicationOf(host.publication, organisation.zone),
    requestsPerMinute: host.requestsPerMinute ?? source?.requestsPerMinute ?? (kind === "csv" ? null : 300),
    inFlight: host.inFlight ?? source?.inFlight ?? 4,
    timeoutSeconds: host.timeoutSeconds,
  };
  switch (kind) {
    case "genesys": {
      const { badges = {}, metrics = {}, schemaId = null, schemaVersion = null } = host;
      return { ...limits, kind, badges, metrics, schemaId, schemaVersion };
    }
    case "cxone":
      return { ...limits, kind, field: host.field };
    case "webhook": {
      const previous = host.previousSecret === undefined ? [] : [host.previousSecret];
      return { ...limits, kind, url: host.url ?? "", secrets: [host.secret ?? "", ...previous] };
    }
    case "csv":
      return { ...limits, kind, path: resolve(folder, host.path ?? "") };
  }
}

export function hostSecrets({ hosts }: ConfigFile): string[] {
  return Object.values(hosts).flatMap(({ secret, previousSecret }) => [secret, previousSecret].flatMap((one) => (one ? [one] : [])));
}

function publicationOf(text: string | undefined, zone: string): HostConfig["publication"] {
  if (text === undefined) return null;
  const [from = "", to = ""] = text.split("-");
  return { zone, fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

import type { HostConfig } from "../../config/config.ts";
import type { PayloadKind, Recipient } from "../../domain/deliver/message.ts";
import type { FlairTarget } from "../../domain/deliver/plan-flair.ts";

/** A configured host, as far as deciding what to tell it goes. */
export interface DeliveryTarget extends FlairTarget {
  readonly tells: readonly PayloadKind[];
}

/** A platform knows its own agents only; a webhook or a file is told about everybody. */
export function targetsOf(hosts: readonly HostConfig[]): DeliveryTarget[] {
  return hosts.map(({ name, kind, tells, publication }) => ({
    host: name,
    source: kind === "genesys" || kind === "cxone" ? kind : null,
    tells,
    publication,
  }));
}

/** The hosts that are told this kind of thing about this agent. */
export function targetsFor(targets: readonly DeliveryTarget[], kind: PayloadKind, { source }: Pick<Recipient, "source">): DeliveryTarget[] {
  return targets.filter((target) => target.tells.includes(kind) && (target.source === null || target.source === source));
}

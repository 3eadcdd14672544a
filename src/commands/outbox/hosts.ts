import { setTimeout as sleep } from "node:timers/promises";
import type { HostConfig } from "../../config/config.ts";
import { nearest } from "../../config/nearest.ts";
import { ConfigError, UsageError } from "../../errors.ts";
import type { DecisionStore } from "../../ports/decision-store.ts";
import type { RecognitionHost } from "../../ports/recognition-host.ts";
import type { CommandContext } from "../command.ts";
import { tokenSharer } from "../token-sharer.ts";

/** The hosts a command is about: those named, else all of the config. */
export function chooseHosts({ deps }: CommandContext, wanted: readonly string[] | undefined): readonly HostConfig[] {
  const { hosts } = deps.config;
  if (hosts.length === 0) {
    throw new ConfigError("gami.config.yaml names no host: expected at least one under hosts", {
      code: "NO_HOST",
      hint: "add one under hosts: in gami.config.yaml; docs/delivery.md shows how",
    });
  }
  if (wanted === undefined) return hosts;
  const names = hosts.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return hosts.filter(({ name }) => wanted.includes(name));
  const meant = nearest(unknown, names);
  throw new UsageError(`no host is called ${unknown}: expected ${names.length === 1 ? names[0] : `one of ${names.join(", ")}`}`, {
    code: "HOST_UNKNOWN",
    hint: meant === null ? "look under hosts: in gami.config.yaml" : `did you mean ${meant}?`,
  });
}

/** A host is in the config, or left it while messages wait for it. @throws UsageError for any other name. */
export async function requireHost(context: CommandContext, outbox: DecisionStore["outbox"], name: string | undefined): Promise<void> {
  if (name === undefined) return;
  const hasMessages = (await outbox.counts()).some(({ host }) => host === name);
  if (!hasMessages) chooseHosts(context, [name]);
}

/** Opens them; nobody is called yet. */
export async function openHosts(context: CommandContext, hosts: readonly HostConfig[]): Promise<RecognitionHost[]> {
  const { deps } = context;
  const needs = {
    shareToken: tokenSharer(context),
    sleep: (milliseconds: number) => sleep(milliseconds),
    onWarning: (text: string) => deps.output.warn(text),
  };
  const opened: RecognitionHost[] = [];
  for (const { name } of hosts) opened.push(await deps.openHost(name, needs));
  return opened;
}

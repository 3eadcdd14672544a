import * as z from "zod";
import type { FlairPayload } from "../../../domain/deliver/message.ts";
import type { Outcome } from "../../../domain/deliver/outcome.ts";
import { compareVersions, type Shown } from "../../../domain/deliver/reconcile-flair.ts";
import type { HttpAnswer, HttpRequest } from "../../http/client.ts";
import { type FlairVersioned, parseVersion } from "../attributes.ts";
import { delivered, duplicate, held, isDisguisedError, refusals, retry, saidBy, superseded, unreadable } from "../outcomes.ts";

export type AskAgent = (
  agentId: string,
  request: { readonly method: HttpRequest["method"]; readonly json?: unknown; readonly alsoFine: readonly number[] },
) => Promise<HttpAnswer>;

const agentShape = z.record(z.string(), z.unknown());
const answerShape = z.union([z.object({ agents: z.array(agentShape).min(1) }), agentShape]);

/** `AHT Gold (TIER_3) [2.14]`; nothing to show leaves the version: ` [2.14]`. */
export function fieldText({ epoch, version, flair }: FlairVersioned): string {
  const name = flair === null ? "" : `${flair.name}${flair.tier === null ? "" : ` (${flair.tier})`}`;
  return `${shortened(name)} [${epoch}.${version}]`.trim();
}
/** The field's length is not published; this stays well below what its form takes. */
const longestName = 60;
const letters = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Half a letter (of a surrogate pair, say) is none: the platform may refuse it or give back another. */
function shortened(name: string): string {
  if (name.length <= longestName) return name;
  let end = 0;
  for (const { index, segment } of letters.segment(name)) {
    if (index + segment.length > longestName) break;
    end = index + segment.length;
  }
  return name.slice(0, end);
}

/**
 * CXone has no badge, flair or points in its API. The nearest place is one of an agent's five custom fields, and it is
 * ours only while it is empty or carries our version.
 */
export async function setAgentField(ask: AskAgent, field: string, payload: FlairPayload): Promise<Outcome> {
  const { nativeId } = payload.recipient;
  const agentId = agentIdIn(nativeId);
  const before = await ask(agentId, { method: "GET", alsoFine: refusals });
  if (before.status === 404) return held(`agent ${nativeId} is unknown to the platform`);
  const current = textIn(before, field);
  if (current === null) return retry(`the agent could not be read (${saidBy(before)})`);
  const wanted = fieldText(payload);
  if (current === wanted) return duplicate(`version ${payload.epoch}.${payload.version} is there`);
  if (current !== "" && versionOf(current).version === null)
    return held(`${field} of agent ${nativeId} holds something else: "${current}"`);
  if (compareVersions(versionOf(current), payload) > 0) return superseded("a newer version is there");
  const answer = await ask(agentId, { method: "PUT", json: { agent: { [field]: wanted } }, alsoFine: refusals });
  if (isDisguisedError(answer)) return retry(saidBy(answer));
  if (answer.status >= 400) return held(`the agent's ${field} was refused (${saidBy(answer)})`);
  const after = textIn(await ask(agentId, { method: "GET", alsoFine: refusals }), field);
  return after === wanted
    ? delivered(`version ${payload.epoch}.${payload.version} written and read back`)
    : retry("read back another text");
}

export async function readAgentField(ask: AskAgent, field: string, nativeId: string): Promise<Shown> {
  const answer = await ask(agentIdIn(nativeId), { method: "GET", alsoFine: [404] });
  if (answer.status === 404) return { kind: "unknown" };
  const text = textIn(answer, field);
  if (text === null) throw unreadable("cxone", nativeId, saidBy(answer));
  return { kind: "known", attributes: text === "" ? {} : { [field]: text }, ...versionOf(text) };
}

/** `<business unit>:<agent>` */
function agentIdIn(nativeId: string): string {
  return nativeId.slice(nativeId.lastIndexOf(":") + 1);
}

/** Null when the answer is no agent. */
function textIn(answer: HttpAnswer, field: string): string | null {
  if (answer.status >= 400 || isDisguisedError(answer)) return null;
  const parsed = answerShape.safeParse(answer.body).data;
  if (parsed === undefined) return null;
  const agent = Array.isArray(parsed.agents) ? agentShape.safeParse(parsed.agents[0]).data : agentShape.safeParse(parsed).data;
  if (agent === undefined || !("agentId" in agent)) return null;
  const value = agent[field];
  return typeof value === "string" ? value : "";
}

function versionOf(text: string) {
  return parseVersion(/\[(\d+\.\d+)\]$/.exec(text)?.[1] ?? "");
}

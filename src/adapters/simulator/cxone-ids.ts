import type { CanonicalRecord } from "../../domain/records/record.ts";
import type { World } from "../../domain/simulate/world.ts";

/** CXone numbers everything: agents, teams and skills within a business unit, contacts over all of them. */
export const businessUnitId = 4_321;
const firstAgentId = 1_000_000;

export function agentIdOf(world: World, nativeId: unknown): number | null {
  const index = agentIndex(world);
  const subject = index.get(String(nativeId));
  return subject === undefined ? null : firstAgentId + subject;
}

export function nativeAgentOf(world: World, agentId: string | null): string | null {
  const subject = Number(agentId) - firstAgentId;
  return world.agents.find((agent) => agent.subject === subject)?.nativeId ?? null;
}

const indexes = new WeakMap<World, ReadonlyMap<string, number>>();

function agentIndex(world: World): ReadonlyMap<string, number> {
  const index = indexes.get(world) ?? new Map(world.agents.map(({ nativeId, subject }) => [nativeId, subject]));
  indexes.set(world, index);
  return index;
}

/** An invented UUID, equal for equal agents. */
export function userIdOf(agentId: number): string {
  return `00000000-0000-4000-8000-${String(agentId).padStart(12, "0")}`;
}

/** `t-003` -> 88003, `q-billing` -> 77001 by its place. */
export function teamIdOf(id: string): number {
  return 88_000 + Number(id.slice(2));
}

export function skillIdOf(index: number): number {
  return 77_001 + index;
}

const kinds = { i: 0, x: 1, u: 2 } as const;

/**
 * The number of a contact: kind, day, person or queue, shift or leg, number within it. One leg has one number;
 * below 2^53, so that JSON carries it whole.
 */
export function contactIdOf(world: World, { interaction_id, segment_id }: CanonicalRecord, leg = segment_id): number {
  const [kind = "", subject = "", day = "", rest = ""] = String(interaction_id).split("-");
  const number = kind === "i" ? Number.parseInt(rest.slice(1), 36) : kind === "u" ? Number.parseInt(rest, 36) : 0;
  const part = kind === "i" ? Number(rest.slice(0, 1)) : kind === "x" ? Number(leg ?? 1) : 0;
  const dayNumber = Number.parseInt(day, 36) - world.firstDay + 8;
  const kindNumber = kind === "x" ? kinds.x : kind === "u" ? kinds.u : kinds.i;
  const who = kind === "u" ? Number(subject) : Number.parseInt(subject, 36);
  let id = kindNumber + 1;
  for (const [value, size] of [
    [dayNumber, 2_048],
    [who, 262_144],
    [part, 4],
    [number, 65_536],
  ] as const)
    id = id * size + value;
  return id;
}

/** The contact a leg came from: the first leg for a transferred one, else itself. */
export function masterContactIdOf(world: World, record: CanonicalRecord): number {
  return contactIdOf(world, record, record.segment_id === "2" ? "1" : record.segment_id);
}

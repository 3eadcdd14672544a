import { createHash } from "node:crypto";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { exp, normalQuantile } from "./exact-math.ts";

/**
 * Randomness of the simulated centre. Every decision draws from a stream of its own, named by (purpose, who, when),
 * so that one agent's Tuesday can be made again without making anything before it.
 */
export type Draw = RandomGenerator;

/** A seed text as four 32-bit words. */
export type Seed = readonly [number, number, number, number];

/** What a stream is for. Numbers are part of the output: append, never renumber. */
export const purposes = {
  organisation: 1,
  agent: 2,
  career: 3,
  roster: 4,
  contacts: 5,
  agentNoise: 6,
  teamNoise: 7,
  centreNoise: 8,
  transfers: 9,
  abandoned: 10,
  evaluations: 11,
  surveys: 12,
  events: 13,
  challenges: 14,
  costs: 15,
  panel: 16,
  rollOut: 17,
} as const;
export type Purpose = (typeof purposes)[keyof typeof purposes];

export function seedOf(text: string): Seed {
  const digest = createHash("sha256").update(text).digest();
  return [digest.readInt32LE(0), digest.readInt32LE(4), digest.readInt32LE(8), digest.readInt32LE(12)];
}

/** The stream of random numbers for one purpose, subject and time; equal names give equal numbers. */
export function drawsOf(seed: Seed, purpose: Purpose, subject = 0, time = 0): Draw {
  const a = scramble(seed[0] ^ scramble(purpose));
  const b = scramble(seed[1] ^ a ^ scramble(subject ^ 0x2545f491));
  const c = scramble(seed[2] ^ b ^ scramble(time ^ 0x19d699a5));
  const d = scramble(seed[3] ^ c ^ scramble(b + 0x61c88647));
  return xoroshiro128plusFromState([scramble(a + d), scramble(b + c), c, d | 1]);
}

/** Spreads the bits of a 32-bit word over all of it (the finishing step of MurmurHash3). */
function scramble(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Uniform in [0, 1), in steps of 2^-32. */
export function share(draw: Draw): number {
  return (draw.next() >>> 0) * 2 ** -32;
}

/** Whole number in [from, to], both included. */
export function whole(draw: Draw, from: number, to: number): number {
  return from + Math.floor(share(draw) * (to - from + 1));
}

export function happens(draw: Draw, probability: number): boolean {
  return share(draw) < probability;
}

export function standardNormal(draw: Draw): number {
  return normalQuantile(((draw.next() >>> 0) + 0.5) * 2 ** -32);
}

/** Events counted in a span where `expected` come on average. */
export function eventCount(draw: Draw, expected: number): number {
  if (expected <= 0) return 0;
  if (expected > 30) return Math.max(0, Math.round(expected + Math.sqrt(expected) * standardNormal(draw)));
  const limit = exp(-expected);
  let count = 0;
  for (let product = share(draw); product > limit; product *= share(draw)) count += 1;
  return count;
}

/** The items in a random order (Fisher-Yates); the input stays as it is. */
export function shuffled<Item>(draw: Draw, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, rank: draw.next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

export function pick<Item>(draw: Draw, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(share(draw) * items.length)] ?? items[0];
}

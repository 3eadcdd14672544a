import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/**
 * The random parts of the estimators (multipliers, permutations, resamples) come from xoroshiro128+ with the seed in the
 * output, one generator per procedure: same data and seed, same bytes, on every machine.
 */
export interface Random {
  /** Uniform 32 bits. */
  bits(): number;
  /** Uniform integer in [0, below), without modulo bias; `below` is at most 2^31. */
  below(below: number): number;
  /** Uniform number in [0, 1) with 53 bits. */
  unit(): number;
}

/** Procedures draw from streams of their own, so that switching one off changes nothing in the others. */
export function startRandom(seed: number, procedure: number): Random {
  const generator = xoroshiro128plus((seed ^ Math.imul(procedure + 1, 0x9e3779b1)) | 0);
  // The first values of near seeds are alike; eight steps part them.
  for (let step = 0; step < 8; step++) generator.next();
  const bits = () => generator.next() >>> 0;
  return {
    bits,
    below(below) {
      const limit = 2 ** 32 - (2 ** 32 % below);
      let value = bits();
      while (value >= limit) value = bits();
      return value % below;
    },
    unit: () => ((bits() >>> 5) * 2 ** 26 + (bits() >>> 6)) / 2 ** 53,
  };
}

/** Shuffles in place (Fisher and Yates). */
export function shuffle(values: Int32Array, random: Random): void {
  for (let last = values.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const kept = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = kept;
  }
}

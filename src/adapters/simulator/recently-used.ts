/** Keeps what was used last: at least `minimum` things, and more while their weight allows. */
export interface RecentlyUsed<Thing> {
  get(key: string, make: () => Thing, weigh: (thing: Thing) => number): Thing;
  clear(): void;
}

export function recentlyUsed<Thing>(minimum: number, maximumWeight: number): RecentlyUsed<Thing> {
  const kept = new Map<string, { readonly thing: Thing; readonly weight: number }>();
  let total = 0;
  return {
    get(key, make, weigh) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known.thing;
      }
      const thing = make();
      const weight = weigh(thing);
      kept.set(key, { thing, weight });
      total += weight;
      for (const [oldest, { weight: freed }] of kept) {
        if (total <= maximumWeight || kept.size <= minimum) break;
        kept.delete(oldest);
        total -= freed;
      }
      return thing;
    },
    clear() {
      kept.clear();
      total = 0;
    },
  };
}

import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Of both halves together. In less than this records are kept that would soon be garbage; more makes nothing faster. */
const enoughBytes = 24 * 1024 * 1024;
const lookEveryMs = 100;

let isWatched = false;

/**
 * Keeps V8 from letting the space of new objects grow to 106 MB during a load, as it does by itself: 70 MB less at the peak,
 * in the same time (docs/benchmarks.md). Its limit can be given only when a process starts, the factor it grows by at any time.
 */
export function limitYoungGeneration(): void {
  if (isWatched) return;
  isWatched = true;
  const watch = setInterval(() => {
    if (youngBytes() < enoughBytes) return;
    setFlagsFromString("--semi-space-growth-factor=1");
    clearInterval(watch);
  }, lookEveryMs);
  watch.unref();
}

/** What the space of new objects takes of the machine's memory. */
export function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.physical_space_size ?? 0;
}

import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // One less would leave half of a machine with two cores idle: most of the time of a test here is spent in processes it started.
    maxWorkers: availableParallelism(),
    globalSetup: ["test/support/build-once.ts"],
  },
});

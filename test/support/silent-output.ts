import type { Output } from "../../src/ports/output.ts";

export const silentOutput: Output = {
  note: () => undefined,
  warn: () => undefined,
  detail: () => undefined,
  progress: () => undefined,
  progressDone: () => undefined,
};

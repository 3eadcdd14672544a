import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

/** How large the space of new objects is in a process of its own that makes many, once it has been large enough and much later. */
function youngMegabytes(before: string): { readonly then: number; readonly later: number } {
  const script = `
    const { limitYoungGeneration, youngBytes } = await import(${JSON.stringify(join(import.meta.dirname, "young-generation.ts"))});
    ${before}
    const kept = [];
    const makeObjects = (many) => {
      for (let index = 0; index < many; index += 1) kept[index] = { index, text: String(index), list: [index] };
    };
    while (youngBytes() < 24 * 1024 * 1024) {
      makeObjects(20_000);
      await new Promise(setImmediate);
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    const then = youngBytes() / 1024 / 1024;
    for (let turn = 0; turn < 40; turn += 1) makeObjects(200_000);
    console.log(JSON.stringify({ then, later: youngBytes() / 1024 / 1024 }));`;
  return JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }));
}

test("the space of new objects stops growing once it is large enough for a load", () => {
  const limited = youngMegabytes("limitYoungGeneration();");
  expect(limited.later).toBeLessThan(limited.then * 1.5);
  const unlimited = youngMegabytes("");
  expect(unlimited.later).toBeGreaterThan(unlimited.then * 1.7);
});

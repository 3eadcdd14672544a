import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createOutput } from "./terminal-output.ts";

/** An output that writes to memory. */
function listen({ isQuiet = false, isVerbose = false, isTTY = false } = {}) {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), {
    isTTY,
    columns: 80,
    clearLine: () => true,
    cursorTo: () => true,
    moveCursor: () => true,
  });
  let now = 0;
  const output = createOutput({
    stream,
    redact: (text) => text.replaceAll("secret", "***"),
    clock: { now: () => now },
    isQuiet,
    isVerbose,
  });
  const wait = (milliseconds: number) => {
    now += milliseconds;
  };
  return { output, wait, text: () => String(stream.read() ?? "") };
}

function sayAll({ output }: ReturnType<typeof listen>): void {
  output.note("a note");
  output.warn("a fault");
  output.detail("a detail");
  output.progress("half");
  output.progressDone();
}

test("notes, warnings and progress are plain lines in a log; details need --verbose", () => {
  const plain = listen();
  sayAll(plain);
  expect(plain.text()).toBe("a note\nwarning: a fault\nhalf\n");
  const verbose = listen({ isVerbose: true });
  sayAll(verbose);
  expect(verbose.text()).toBe("a note\nwarning: a fault\na detail\nhalf\n");
});

test("--quiet leaves the warnings", () => {
  const quiet = listen({ isQuiet: true });
  sayAll(quiet);
  expect(quiet.text()).toBe("warning: a fault\n");
});

test("in a log, progress is told every five seconds and not at every step", () => {
  const { output, wait, text } = listen();
  for (let step = 0; step < 12; step += 1) {
    output.progress(`step ${step}`);
    wait(1_000);
  }
  expect(text()).toBe("step 0\nstep 5\nstep 10\n");
});

test("everything that is written passes the redactor", () => {
  const { output, text } = listen();
  output.note("the secret");
  output.progress("at secret");
  output.warn("secret!");
  expect(text()).toBe("the ***\nat ***\nwarning: ***!\n");
});

test("on a terminal, progress is one moving line that ends without a trace", async () => {
  const { output, text } = listen({ isTTY: true });
  output.progress("reading secret");
  await expect.poll(() => text(), { timeout: 5_000 }).toContain("reading ***");
  output.note("in between");
  output.progressDone();
  expect(text()).toContain("in between\n");
});

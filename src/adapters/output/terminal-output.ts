import type { Ora } from "ora";
import type { Clock } from "../../ports/clock.ts";
import type { Output } from "../../ports/output.ts";
import type { Redact } from "./redact.ts";

/** stderr, or a log in its place. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean };

export interface OutputOptions {
  readonly stream: OutputStream;
  readonly redact: Redact;
  readonly clock: Clock;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

/** In a log, progress is one line in this many milliseconds. */
const logIntervalMs = 5_000;

/** Progress and remarks on stderr: a moving line on a terminal, plain lines in a log. */
export function createOutput({ stream, redact, clock, isQuiet, isVerbose }: OutputOptions): Output {
  const write = (text: string) => stream.write(`${redact(text)}\n`);
  const line = stream.isTTY && !isQuiet && process.env.TERM !== "dumb" ? movingLine(stream) : null;
  const say = (text: string) => (line === null ? write(text) : line.above(() => write(text)));
  let lastLoggedAt = Number.NEGATIVE_INFINITY;
  return {
    note: (text) => void (isQuiet || say(text)),
    warn: (text) => void say(`warning: ${text}`),
    detail: (text) => void (isVerbose && say(text)),
    progress(text) {
      if (isQuiet) return;
      if (line !== null) return line.show(redact(text));
      if (clock.now() - lastLoggedAt < logIntervalMs) return;
      lastLoggedAt = clock.now();
      write(text);
    },
    progressDone() {
      line?.end();
      lastLoggedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** The spinner is loaded on the first progress, because most commands have none. */
function movingLine(stream: OutputStream) {
  let spinner: Ora | null = null;
  let text: string | null = null;
  let isLoading = false;
  const start = async () => {
    isLoading = true;
    const { default: ora } = await import("ora");
    isLoading = false;
    if (text !== null) spinner = ora({ text, stream, discardStdin: false }).start();
  };
  return {
    show(next: string) {
      text = next;
      if (spinner !== null) spinner.text = next;
      else if (!isLoading) void start();
    },
    above(print: () => void) {
      spinner?.clear();
      print();
      spinner?.render();
    },
    end() {
      text = null;
      spinner?.stop();
      spinner = null;
    },
  };
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, CommanderError } from "commander";
import { systemClock } from "./adapters/clock/system-clock.ts";
import { createRedactor, type Redact, secretsOfEnvironment } from "./adapters/output/redact.ts";
import { GamiError, StoppedError, UsageError } from "./errors.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.ts";
import { packageRoot } from "./package-root.ts";
import type { Invocation } from "./program/declare.ts";
import { buildProgram, type GlobalFlags } from "./program.ts";

/** Put in by the bundler; a run from source reads package.json. */
declare const GAMI_VERSION: string;

const { argv, env, stdout, stderr } = process;
const words = argv.slice(2);
const secrets = secretsOfEnvironment(env);
const redact: Redact = createRedactor(() => secrets);
const stop = new AbortController();

for (const stream of [stdout, stderr]) stream.on("error", endWithoutReader);
process.on("uncaughtException", (error) => {
  tellError(error, {});
  process.exit(exitCodeOf(error));
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopOn(signal));

process.exitCode = await runCommandLine();
endSoon();

/** `gami ... | head` closes the pipe early, and then there is nobody left to tell; a full disk is worth a word. */
function endWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return;
  stderr.write(
    `error: the output cannot be written: ${error.message}\nhint: free space where the output goes, and run the command again\n`,
  );
  process.exit(exitCodes.broken);
}

/** All is said and closed. Whatever still keeps the process alive after a while, a forgotten connection for example, must not hang a scheduler. */
function endSoon(): void {
  const end = () => (stdout.writableLength > 0 ? endSoon() : process.exit());
  setTimeout(end, 3_000).unref();
}

async function runCommandLine(): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  const program = buildProgram({
    version: readVersion(),
    writeOut: (text) => stdout.write(text),
    execute: async (invocation) => {
      exitCode = await runInvocation(invocation, program.opts<GlobalFlags>());
    },
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    return tellUsage(error, meantCommand(program, words));
  }
}

async function runInvocation(invocation: Invocation, flags: GlobalFlags): Promise<ExitCode> {
  // Help and completion come this far without them.
  const [{ createOutput }, { openDeps }, { executeInvocation }] = await Promise.all([
    import("./adapters/output/terminal-output.ts"),
    import("./deps.ts"),
    import("./execute.ts"),
  ]);
  const { command } = invocation;
  const output = createOutput({
    stream: stderr,
    redact,
    clock: systemClock,
    isQuiet: flags.quiet === true,
    isVerbose: flags.verbose === true,
  });
  const deps = await openDeps({
    version: readVersion(),
    width: stdout.isTTY ? stdout.columns : null,
    cwd: process.cwd(),
    env,
    clock: systemClock,
    output,
    configPath: flags.config,
    isImpatient: invocation.isImpatient === true,
    withoutSecrets: invocation.withoutSecrets === true,
    onSecrets: (found) => void secrets.push(...found),
  });
  const ending = await executeInvocation({ invocation, deps, signal: stop.signal, argv: words, redact });
  await deps.close();
  output.progressDone();
  if (ending.error !== undefined) tellError(ending.error, flags);
  const { runId, status, json, text, exitCode } = ending;
  if (flags.json) writeJson({ command, runId, status, ...json });
  else if (text !== "") stdout.write(`${redact(text)}\n`);
  return exitCode;
}

/** A fault of the command line itself: one line, one hint, exit code 2. */
function tellUsage(thrown: unknown, meant: Command): ExitCode {
  const error = thrown instanceof CommanderError ? toUsageError(thrown, meant) : thrown;
  tellError(error, { ...(words.includes("--verbose") ? { verbose: true } : {}) });
  const { code, message, hint } = error instanceof GamiError ? error : { code: "BUG", message: String(error), hint: undefined };
  const exitCode = exitCodeOf(error);
  if (words.includes("--json"))
    writeJson({ command: null, runId: null, status: "failed", error: { code, message, hint: hint ?? null, exitCode } });
  return exitCode;
}

/** commander's own exit code for a wrong command line is 1, ours is 2. */
function toUsageError(error: CommanderError, meant: Command): UsageError {
  if (error.code === "commander.help")
    return new UsageError(`no command given\n\n${meant.helpInformation().trimEnd()}`, { code: "COMMAND_MISSING" });
  const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const near = /Did you mean (.+)\?/.exec(suggestion ?? "")?.[1];
  return new UsageError(message, {
    code: "USAGE",
    hint: near === undefined ? `run '${commandPath(meant)} --help'` : `did you mean ${near}?`,
  });
}

/** The deepest command the words name: whose help is of use when the rest of them is wrong. */
function meantCommand(program: Command, given: readonly string[]): Command {
  let meant = program;
  for (const word of given) meant = meant.commands.find((one) => one.name() === word) ?? meant;
  return meant;
}

function commandPath(one: Command): string {
  return one.parent === null ? one.name() : `${commandPath(one.parent)} ${one.name()}`;
}

function tellError(error: unknown, { verbose }: GlobalFlags): void {
  if (error instanceof StoppedError) return void stderr.write(`${error.message}\n`);
  if (!(error instanceof GamiError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(redact(`${stack}\nThis is a bug in gami ${readVersion()}: please report it with the lines above.\n`));
    return;
  }
  stderr.write(redact(`error: ${error.message}\n${error.hint === undefined ? "" : `hint: ${error.hint}\n`}`));
  for (let cause = error.cause; verbose && cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined)
    stderr.write(redact(`caused by: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n`));
}

function writeJson(value: Readonly<Record<string, unknown>>): void {
  const clean = (_key: string, part: unknown) => {
    if (typeof part === "string") return redact(part);
    return typeof part === "bigint" ? String(part) : part;
  };
  stdout.write(`${JSON.stringify(value, clean)}\n`);
}

function stopOn(signal: "SIGINT" | "SIGTERM"): void {
  const error = new StoppedError(signal, { code: "STOPPED" });
  if (stop.signal.aborted) process.exit(exitCodeOf(error));
  stderr.write("stopping after the work in hand; the same signal again ends at once\n");
  stop.abort(error);
}

function readVersion(): string {
  if (typeof GAMI_VERSION === "string") return GAMI_VERSION;
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
}

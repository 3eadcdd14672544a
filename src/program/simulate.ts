import { type Command, InvalidArgumentError, Option } from "commander";
import type { SimulateFilesInput } from "../commands/simulate/files.ts";
import type { SimulateServeInput } from "../commands/simulate/serve.ts";
import { command, type Execute, noun, wholeNumber } from "./declare.ts";

export function addSimulate(program: Command, execute: Execute): void {
  const simulate = noun(program, "simulate", "A contact centre that never was, with known true effects");
  const files = command(simulate, {
    name: "files",
    summary: "Write a simulated contact centre as CSV files with mappings",
    description:
      "Writes one CSV file and one mapping per stream, and truth.json with every total and the true effects. The same flags give the same bytes on every machine.",
    examples: [
      "gami simulate files --out sim",
      "gami simulate files --seed 7 --agents 300 --days 182 --start 2026-01-05 --out sim",
      "gami simulate files --agents 5000 --days 120 --events-target 10000000 --out big --json",
      "gami simulate files --allocation performance --effect-seconds 0 --out trap",
    ],
  }).requiredOption("--out <folder>", "an empty folder, or one this command wrote before");
  centreFlags(files).action((options: SimulateFilesInput) =>
    execute({
      command: "simulate files",
      config: "optional",
      isRecorded: false,
      run: async (context) => (await import("../commands/simulate/files.ts")).run(context, options),
    }),
  );
  addServe(simulate, execute);
}

function addServe(simulate: Command, execute: Execute): void {
  const serve = command(simulate, {
    name: "serve",
    summary: "Answer as Genesys Cloud and as NICE CXone would, with faults on demand",
    description:
      "Serves the simulated contact centre over HTTP on 127.0.0.1, as both platforms and under both contracts, until it is stopped. docs/simulation.md lists the addresses, the credentials, the faults and how to ask for the truth.",
    examples: [
      "gami simulate serve --port 4010",
      "gami simulate serve --port 4010 --agents 100 --days 60 --fault throttle=0.05,error=0.02,cut=0.01",
      "gami simulate serve --port 4010 --requests-per-minute 300 --now 2026-02-01T00:00:00Z",
    ],
  }).option("--port <n>", "0 for any free port", wholeNumber(0, 65_535), 4_010);
  centreFlags(serve)
    .option("--fault <name=rate,...>", "faults and how often they strike, 0 to 1; may be given again", faultRates)
    .option("--requests-per-minute <n>", "answer 429 beyond so many requests per token", wholeNumber(1))
    .option("--now <instant>", "the virtual clock: what is later is not visible yet (default: all has arrived)")
    .option("--token-seconds <n>", "life of an access token", wholeNumber(1, 172_800), 3_600)
    .option("--page-cache-mb <n>", "memory for rendered pages", wholeNumber(0, 16_000), 64)
    .option("--events-per-page <n>", "most events on a page of the guides' export (default: 10000)", wholeNumber(1, 10_000))
    .action((options: SimulateServeInput) =>
      execute({
        command: "simulate serve",
        config: "optional",
        isRecorded: false,
        run: async (context) => (await import("../commands/simulate/serve.ts")).run(context, options),
      }),
    );
}

/** Equal flags give the same centre, as files and over HTTP. */
function centreFlags(declared: Command): Command {
  return declared
    .option("--seed <text>", "any text; another seed gives another centre", "1")
    .option("--agents <n>", "seats, 20 to 5000", wholeNumber(20, 5_000), 40)
    .option("--days <n>", "local days, 7 to 1100", wholeNumber(7, 1_100), 120)
    .option("--start <date>", "first local day", "2026-01-05")
    .option("--events-target <n>", "about how many interactions and gamification events in all", wholeNumber(1_000, 100_000_000))
    .option("--contacts-per-day <n>", "contacts per agent and full day, 1 to 80", wholeNumber(1, 80))
    .addOption(new Option("--allocation <how>", "who is enrolled").choices(["random", "operational", "performance"]).default("random"))
    .option("--effect-seconds <seconds>", "true effect of enrolment on handle time (default: -5.86)", decimal)
    .option("--effect-points <points>", "true effect of enrolment on quality scores (default: 1.2)", decimal)
    .option("--hazard-ratio <ratio>", "true hazard ratio of leaving once enrolled (default: 0.85)", decimal);
}

/** `throttle=0.1,cut=0.01`; the names are checked by the simulator, which knows them. */
function faultRates(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const rates: Record<string, number> = { ...before };
  for (const part of text.split(",")) {
    const [, name, rate] = /^([a-z-]+)=(\d(?:\.\d{1,6})?)$/.exec(part.trim()) ?? [];
    if (name === undefined || Number(rate) > 1) throw new InvalidArgumentError("Expected faults like throttle=0.1,cut=0.01.");
    rates[name] = Number(rate);
  }
  return rates;
}

function decimal(text: string): number {
  if (/^-?\d{1,6}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number like -5.86.");
}

import type { Command } from "commander";
import type { DoctorInput } from "../commands/doctor.ts";
import type { InitInput } from "../commands/init.ts";
import { command, type Execute } from "./declare.ts";

/** The commands a project starts with. */
export function addProject(program: Command, execute: Execute): void {
  command(program, {
    name: "init",
    summary: "Write gami.config.yaml and the project's key",
    description:
      "Asks a few questions, then writes gami.config.yaml, .gami/key and .gitignore lines. Never overwrites a file unless --force is given.",
    examples: ["gami init", "gami init --yes --zone Europe/Berlin", "gami init --yes --name 'North Support' --currency EUR"],
  })
    .option("-y, --yes", "take the defaults and ask nothing")
    .option("-f, --force", "replace gami.config.yaml (the key is always kept)")
    .option("--name <name>", "the organisation's name")
    .option("--zone <zone>", "the organisation's IANA time zone (default: this machine's)")
    .option("--currency <code>", "ISO 4217 currency code (default: USD)")
    .action((options: InitInput) =>
      execute({
        command: "init",
        config: "optional",
        isRecorded: false,
        run: async (context) => (await import("../commands/init.ts")).run(context, options),
      }),
    );
  command(program, {
    name: "doctor",
    summary: "Check config, stores, folders, dbt and key, and say what to do",
    examples: ["gami doctor", "gami doctor --platforms", "gami doctor --json"],
  })
    .option("--platforms", "ask the platforms under sources:, too: whether the credentials hold and each read is allowed")
    .action((input: DoctorInput) =>
      execute({
        command: "doctor",
        config: "optional",
        isRecorded: false,
        isImpatient: true,
        run: async (context) => (await import("../commands/doctor.ts")).run(context, input),
      }),
    );
}

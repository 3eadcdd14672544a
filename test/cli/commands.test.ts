import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exitCodes } from "../../src/exit-codes.ts";
import type { Invocation } from "../../src/program/declare.ts";
import { buildProgram } from "../../src/program.ts";
import { readCommandTree } from "../support/command-tree.ts";
import { projectRoot } from "../support/source-files.ts";

const commands = readCommandTree();

test("there are commands", () => {
  expect(commands.map(({ path }) => path)).toContain("gami runs list");
});

test.each(commands)("$path says what it is for and what each flag means", ({ command, help }) => {
  expect(command.summary()).not.toBe("");
  expect(command.description()).not.toBe("");
  for (const { flags, description } of command.options) expect(description, flags).not.toBe("");
  for (const argument of command.registeredArguments) expect(argument.description, argument.name()).not.toBe("");
  expect(help).toContain("Examples:\n");
});

/** The words of an example up to a pipe, a redirection or a remark, as the shell would split them. */
function wordsOf(example: string): string[] {
  const line = example.replace(/\s+(#|\||>|;).*$/, "");
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? "");
}

/** Those of `completion` are for the shell. */
const examples = commands
  .filter(({ path }) => path !== "gami completion")
  .flatMap(({ path, help }) =>
    help
      .slice(help.indexOf("Examples:\n"))
      .split("\n")
      .flatMap((line) => (line.startsWith("  $ gami ") ? [{ path, example: line.slice("  $ ".length) }] : [])),
  );

test.each(examples)("the example '$example' is accepted and runs $path", async ({ path, example }) => {
  const ran: Invocation[] = [];
  const program = buildProgram({
    version: "0",
    execute: async (invocation) => void ran.push(invocation),
    writeOut: () => undefined,
  });
  await program.parseAsync(wordsOf(example).slice(1), { from: "user" });
  expect(ran.map(({ command }) => `gami ${command}`)).toEqual([path]);
});

test("commands that change something are recorded, and those that only look are not", async () => {
  const isRecorded = new Map<string, boolean>();
  for (const { example } of examples) {
    const program = buildProgram({
      version: "0",
      execute: async (invocation) =>
        void isRecorded.set(invocation.command, isRecorded.get(invocation.command) === true || invocation.isRecorded),
      writeOut: () => undefined,
    });
    await program.parseAsync(wordsOf(example).slice(1), { from: "user" });
  }
  const looking = [
    // A restore is not recorded in the store it replaces.
    /^state restore$/,
    /^(init|doctor)$/,
    /^(runs|quarantine|cursors|outbox) (list|show)$/,
    /^milestones (lint|list)$/,
    /^warehouse cost$/,
    /^(explain |evaluate diff$)/,
    /^simulate /,
    /^(roi (estimate|explain)|holdout status)$/,
  ];
  const isLooking = (command: string) => looking.some((one) => one.test(command));
  expect([...isRecorded].filter(([command, recorded]) => recorded === isLooking(command))).toEqual([]);
});

test("README's table lists every command and no other", () => {
  const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
  const [, section = ""] = /^## Commands\n([\s\S]*?)^## /m.exec(readme) ?? [];
  const listed = [...section.matchAll(/^\| (`gami [^|]*) \|/gm)].flatMap(([, cell = ""]) =>
    // `gami runs list`, `runs show`: the first word is said once, placeholders are in capitals.
    [...cell.matchAll(/`(?:gami )?([^`]+)`/g)].map(([, words = ""]) => `gami ${words.replace(/ [A-Z].*$/, "")}`),
  );
  expect(listed.toSorted()).toEqual(commands.map(({ path }) => path).toSorted());
});

test("README's exit codes are those of the program", () => {
  const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
  const listed = [...readme.matchAll(/^\| (\d+(?:, \d+)*) \|/gm)].flatMap(([, codes = ""]) => codes.split(", ").map(Number));
  expect(listed).toEqual(Object.values(exitCodes));
});

import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gamiProgram } from "./gami.ts";

/**
 * A recorded terminal session: what a user types in an empty folder, and what comes back.
 *
 *     # a remark
 *     + gami.config.yaml          writes a file; its lines follow, each after "| "
 *     | version: 1
 *     $ gami runs list            a command for the shell
 *     > stdout
 *     ! stderr
 *     = 0                         the exit code
 */
export interface Session {
  readonly steps: readonly SessionStep[];
}

export type SessionStep =
  | { readonly kind: "remark"; readonly line: string }
  | { readonly kind: "file"; readonly path: string; readonly lines: readonly string[] }
  | { readonly kind: "command"; readonly command: string };

export function parseSession(text: string): Session {
  const steps: SessionStep[] = [];
  let file: string[] | null = null;
  for (const line of text.trimEnd().split("\n")) {
    const [mark, rest] = [line.slice(0, 2), line.slice(2)];
    if (mark === "+ ") {
      file = [];
      steps.push({ kind: "file", path: rest, lines: file });
    } else if (line.startsWith("|") && file !== null) file.push(rest);
    else if (mark === "$ ") steps.push({ kind: "command", command: rest });
    else if (line.startsWith("#") || line === "") steps.push({ kind: "remark", line });
    else if (!/^[>!=]/.test(line)) throw new Error(`a session has no line like: ${line}`);
  }
  return { steps };
}

/** Plays a session in a fresh folder and writes down what happened, in the same form. */
export async function playSession({ steps }: Session): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "gami-session-"));
  try {
    const home = join(folder, "home");
    const programs = join(folder, "programs");
    for (const path of [home, programs]) mkdirSync(path);
    writeFileSync(join(programs, "gami"), `#!/bin/sh\nexec "${process.execPath}" "${gamiProgram}" "$@"\n`);
    chmodSync(join(programs, "gami"), 0o755);
    const lines: string[] = [];
    for (const step of steps) lines.push(...(await playStep(step, folder, home, programs)));
    return `${lines.join("\n")}\n`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function playStep(step: SessionStep, folder: string, home: string, programs: string): Promise<string[]> {
  if (step.kind === "remark") return [step.line];
  if (step.kind === "file") {
    mkdirSync(dirname(join(home, step.path)), { recursive: true });
    writeFileSync(join(home, step.path), step.lines.map((line) => `${line}\n`).join(""));
    return [`+ ${step.path}`, ...step.lines.map((line) => `| ${line}`.trimEnd())];
  }
  const { code, stdout, stderr } = await runShell(step.command, home, programs);
  const marked = (mark: string, text: string) =>
    text === ""
      ? []
      : withPlaceholders(text, folder)
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `${mark} ${line}`.trimEnd());
  return [`$ ${step.command}`, ...marked(">", stdout), ...marked("!", stderr), `= ${code}`];
}

function runShell(command: string, cwd: string, programs: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GAMI_|FORCE_COLOR|CI$|npm_)/.test(name)));
  const env = { ...inherited, PATH: `${programs}:/usr/bin:/bin`, HOME: cwd, TZ: "UTC", NO_COLOR: "1", LC_ALL: "C" };
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", command], { cwd, env, encoding: "utf8", timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 128, stdout, stderr });
    });
  });
}

/** What differs from run to run and from machine to machine. */
function withPlaceholders(text: string, folder: string): string {
  return text
    .replaceAll(`${folder}/home`, "<folder>")
    .replaceAll(folder, "<above>")
    .replace(/\d{8}-\d{6}-[0-9a-f]{6}/g, "<run>")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, "<time>")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>")
    .replace(/\b\d+\.\d s\b/g, "<duration>")
    .replaceAll(process.versions.node, "<node>")
    .replace(/IANA \d{4}[a-z]/g, "IANA <version>")
    .replace(/[\d.]+ GB free/g, "<size> free")
    .replace(/\b\d+ on [\w.-]+$/gm, "<process>")
    .replace(/"host":"[^"]*","pid":\d+/g, '"host":"<host>","pid":0');
}

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { gamiProgram } from "../support/gami.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "calls of may.csv"), "");
writeFileSync(join(folder, "kept.yaml"), "kept");

/** What bash offers at Tab behind these words, with nothing loaded but gami's own script. */
function offers(...words: string[]): string[] {
  const script = `
    gami() { "$NODE" "$GAMI" "$@"; }
    source <(gami completion bash); source <(gami completion bash)
    COMP_WORDS=(gami "$@") COMP_CWORD=$#
    __gami_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { ...process.env, NODE: process.execPath, GAMI: gamiProgram };
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script, "bash", ...words], { cwd: folder, env, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

test.each<[words: string[], expected: string[]]>([
  [["ru"], ["runs"]],
  [
    ["runs", ""],
    ["list", "show", "help"],
  ],
  [["roi", "report", "--form"], ["--format"]],
  [["roi", "report", "--format", "h"], ["html"]],
  [["roi", "report", "--format", "=", "h"], ["html"]],
  [
    ["roi", "report", "--format", "="],
    ["terminal", "html", "json", "csv", "md"],
  ],
  [["import", "csv", "ca"], ["calls\\ of\\ may.csv"]],
])("bash offers behind %j: %j", (words, expected) => {
  expect(offers(...words)).toEqual(expected);
});

test("what stands on the half-typed line is not run: neither a command in it nor a redirection", () => {
  offers("import", "csv", "$(touch ran)", "`touch ran`", ";", "touch", "ran", ">", "kept.yaml", "--ma");
  expect(existsSync(join(folder, "ran"))).toBe(false);
  expect(readFileSync(join(folder, "kept.yaml"), "utf8")).toBe("kept");
});

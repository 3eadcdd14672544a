import { execFile } from "node:child_process";
import { join } from "node:path";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const gamiProgram = join(import.meta.dirname, "../../bin/gami.js");

/** Runs the built program in a folder, as a user would. A signal counts as 128 + its number, as shells do. */
export function gami(cwd: string, ...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd, encoding: "utf8", maxBuffer: 256e6, env: { ...process.env, NO_COLOR: "1" } } as const;
    execFile(process.execPath, [gamiProgram, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 128, stdout, stderr });
    });
  });
}

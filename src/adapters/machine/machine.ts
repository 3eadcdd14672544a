import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Machine, PathState } from "../../ports/machine.ts";

export const thisMachine: Machine = {
  nodeVersion: process.versions.node,
  timeZoneVersion: process.versions.tz ?? "unknown",
  async inspect(path): Promise<PathState> {
    const found = await stat(path).catch(() => null);
    const existing = await nearestExisting(path);
    const isWritable = await access(existing, constants.W_OK).then(
      () => true,
      () => false,
    );
    const { bavail, bsize } = await statfs(existing);
    return {
      kind: found === null ? "missing" : found.isDirectory() ? "folder" : "file",
      isWritable,
      mode: found === null ? null : found.mode & 0o777,
      freeBytes: bavail * bsize,
    };
  },
};

/** The path itself or the folder above it that exists. */
async function nearestExisting(path: string): Promise<string> {
  let at = path;
  while (!(await stat(at).catch(() => null)) && dirname(at) !== at) at = dirname(at);
  return at;
}

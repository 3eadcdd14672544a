import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real file system of a few megabytes in memory, to be full. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves so many bytes. */
  fill(leftBytes: number): void;
  free(): void;
  close(): void;
}

export function openSmallDisk(kilobytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "gami-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path], { encoding: "utf8" });
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    throw new Error(mounted.stderr);
  }
  const filler = join(path, "filler");
  return {
    path,
    fill(leftBytes) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
    },
    free: () => rmSync(filler, { force: true }),
    close() {
      // A file that was read is closed a moment later.
      spawnSync("umount", ["--lazy", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Whether this user may mount one. */
export function canMount(): boolean {
  if (process.platform !== "linux") return false;
  try {
    openSmallDisk(64).close();
    return true;
  } catch {
    return false;
  }
}

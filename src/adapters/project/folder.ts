import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { WarehouseError } from "../../errors.ts";
import type { ProjectFolder } from "../../ports/project-folder.ts";

export function openProjectFolder(path: string): ProjectFolder {
  return {
    path,
    async read(name) {
      try {
        return await readFile(join(path, name), "utf8");
      } catch (error) {
        if (codeOf(error) === "ENOENT") return null;
        throw cannot("read", join(path, name), error);
      }
    },
    async write(name, text, { isSecret = false } = {}) {
      const target = join(path, name);
      const draft = `${target}.${process.pid}.tmp`;
      try {
        await mkdir(dirname(target), { recursive: true, ...(isSecret ? { mode: 0o700 } : {}) });
        const handle = await open(draft, "wx", isSecret ? 0o600 : 0o644);
        try {
          await handle.writeFile(text);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(draft, target);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw cannot("write", target, error);
      }
    },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

function cannot(verb: "read" | "write", path: string, cause: unknown): WarehouseError {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "this user may not",
    EROFS: "the disk is read-only",
    ENOSPC: "the disk is full",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of its path is a file",
  };
  const reason = reasons[codeOf(cause) ?? ""] ?? (cause instanceof Error ? cause.message : String(cause));
  return new WarehouseError(`cannot ${verb} ${path}: ${reason}`, {
    code: "PROJECT_FOLDER",
    hint: "use a folder this user can write to",
    cause,
  });
}

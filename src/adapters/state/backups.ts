import { existsSync } from "node:fs";
import { GamiError, UsageError, WarehouseError } from "../../errors.ts";
import type { StateBackups } from "../../ports/state-keeper.ts";
import { openRowFile, writeRowFile } from "../files/row-file.ts";

export const stateBackups: StateBackups = {
  async write(path, header, rows) {
    if (existsSync(path)) throw new UsageError(`${path} is there already`, { code: "BACKUP_EXISTS", hint: "give the backup another name" });
    try {
      return await writeRowFile(path, header, rows);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  },
  async open(path) {
    if (!existsSync(path))
      throw new UsageError(`there is no file ${path}`, {
        code: "BACKUP_MISSING",
        hint: "give the path of a file that 'gami state backup' wrote",
      });
    const file = await openRowFile(path);
    if (file.header.kind !== "backup")
      throw new UsageError(`${path} is no backup`, { code: "NO_BACKUP", hint: "give the path of a file that 'gami state backup' wrote" });
    return file;
  },
};

/** What the disk says; what the store says is passed on. */
function unwritable(path: string, cause: unknown): unknown {
  if (cause instanceof GamiError || !(cause instanceof Error) || !("syscall" in cause)) return cause;
  return new WarehouseError(`the backup ${path} cannot be written: ${cause.message.split(",", 1)[0]}`, {
    code: "BACKUP_UNWRITABLE",
    hint: "give a path on a disk with space, in a folder this user may write to",
    cause,
  });
}

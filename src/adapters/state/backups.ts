import { existsSync } from "node:fs";
import { UsageError } from "../../errors.ts";
import type { StateBackups } from "../../ports/state-keeper.ts";
import { openRowFile, writeRowFile } from "../files/row-file.ts";

export const stateBackups: StateBackups = {
  async write(path, header, rows) {
    if (existsSync(path)) throw new UsageError(`${path} is there already`, { code: "BACKUP_EXISTS", hint: "give the backup another name" });
    return writeRowFile(path, header, rows);
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

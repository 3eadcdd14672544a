import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { WarehouseError } from "../../errors.ts";

/** Writes beside the target and renames, so that nobody ever opens half a report. */
export async function saveText(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new WarehouseError(`the report could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}`, {
      code: "REPORT_NOT_WRITTEN",
      hint: "give a file in a writable folder with --out",
      cause: error,
    });
  }
}

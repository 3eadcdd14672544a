import { join } from "node:path";
import type { LedgerArchive, RowFile } from "../../../ports/state-keeper.ts";
import { openRowFile, writeRowFile } from "../../files/row-file.ts";
import { diskFailure } from "../parquet/disk.ts";
import { listNames } from "../parquet/files.ts";

const ending = ".jsonl.gz";

/** `archive/ledger/<epoch>.<first commit>-<last commit>.jsonl.gz`; files never change. Two processes that write the same commits write two files that say the same. */
export function openLedgerArchive({ path: root }: { readonly path: string }): LedgerArchive {
  const folder = join(root, "ledger");
  return {
    async append(header, rows) {
      const { epoch, firstCommit, lastCommit } = header;
      const path = join(folder, `${padded(epoch, 6)}.${padded(firstCommit, 12)}-${padded(lastCommit, 12)}${ending}`);
      try {
        await writeRowFile(path, header, rows);
      } catch (error) {
        throw diskFailure(path, error);
      }
    },
    async newest() {
      const name = (await segmentNames(folder)).at(-1);
      return name === undefined ? null : (await openRowFile(join(folder, name))).header;
    },
    async segments() {
      const names = await segmentNames(folder);
      const files: RowFile[] = [];
      // Names sort as their commits do.
      for (const name of names) files.push(await openRowFile(join(folder, name)));
      return files;
    },
  };
}

async function segmentNames(folder: string): Promise<string[]> {
  return (await listNames(folder)).filter((name) => name.endsWith(ending));
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, "0");
}

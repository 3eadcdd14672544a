import { WarehouseError } from "../../errors.ts";

export interface StreamState {
  readonly source: string;
  readonly stream: string;
  /** The number of the last batch the archive has confirmed, read before the stream was claimed. */
  readonly archivedSeq: number;
  /** The number of the last batch in the warehouse. */
  readonly seq: number;
}

/**
 * A warehouse that stands behind its archive was lost, replaced or restored from a backup. A load would number its batches
 * like archived ones, and a rebuild keeps one batch per number: the other would be lost.
 * @throws WarehouseError when the archive has confirmed more batches than the warehouse holds.
 */
export function refuseStaleWarehouse({ source, stream, archivedSeq, seq }: StreamState): void {
  if (archivedSeq <= seq) return;
  throw new WarehouseError(
    `the warehouse stands behind its archive: of ${source} ${stream} it holds ${seq === 0 ? "no batch" : `batches up to ${seq}`}, the archive those up to ${archivedSeq}`,
    {
      code: "WAREHOUSE_BEHIND_ARCHIVE",
      hint: "run 'gami warehouse rebuild': it makes the warehouse again from the archive; nothing was loaded",
    },
  );
}

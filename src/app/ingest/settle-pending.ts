import type { Archive } from "../../ports/archive.ts";
import type { Warehouse } from "../../ports/warehouse.ts";

/**
 * A run that was killed between its commit and the confirming of its manifest left it pending: the warehouse knows whether
 * the batch came in. One it does not know is an orphan and stays as it is.
 */
export async function settlePending(
  { warehouse, archive }: { readonly warehouse: Warehouse; readonly archive: Archive },
  source: string,
  stream: string,
): Promise<void> {
  const pending = await archive.pending(source, stream);
  const stored = await warehouse.findBatches(pending.map(({ batchId }) => batchId));
  for (const manifest of pending) {
    const batch = stored.get(manifest.batchId);
    const isThatFile = batch !== undefined && batch.sha256 === manifest.sha256 && batch.seq === manifest.seq;
    if (isThatFile) await archive.settle(manifest, batch.totals);
  }
}

import { createHash } from "node:crypto";
import { SourceBrokenError } from "../../../errors.ts";

/** A page that was read before means that the platform ignores the page's number, or goes in a circle: it would never end. */
export function pageGuard(question: string): (records: readonly unknown[], pageNumber: number) => void {
  const seen = new Set<string>();
  return (records, pageNumber) => {
    if (records.length === 0) return;
    const print = createHash("sha256").update(JSON.stringify(records)).digest("base64");
    if (seen.has(print)) {
      throw new SourceBrokenError(`genesys: ${question} answered page ${pageNumber} with the records of a page before it`, {
        code: "PAGE_REPEATS",
        hint: "run the command again; if it stays, report the path named above to the platform",
      });
    }
    seen.add(print);
  };
}

import type { HandOffReport } from "../app/ingest/hand-off-to-dbt.ts";
import { renderTable } from "./table.ts";

const shownFailures = 20;

export function describeDbt(report: HandOffReport): string {
  const { succeeded, warned, failed, skipped, leftOut, failures, warnings, seconds } = report;
  const lines = [`${succeeded} done, ${warned} warned, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(1)} s`];
  const shown = [...failures, ...warnings].slice(0, shownFailures);
  if (shown.length > 0)
    lines.push(
      "",
      renderTable(
        ["", "name", "what dbt says"],
        shown.map(({ status, kind, name, message }) => [status, `${kind} ${name}`, reasonOf(message)]),
      ),
    );
  const left = failures.length + warnings.length - shown.length;
  if (left > 0) lines.push(`and ${left} more; --json lists all`);
  if (leftOut.length > 0) lines.push("", `skipped, since what they read failed: ${listed(leftOut.map(({ name }) => name))}`);
  return lines.join("\n");
}

function listed(names: readonly string[]): string {
  const more = names.length - shownFailures;
  return names.slice(0, shownFailures).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** "Runtime Error in model x (x.sql)" says where; why stands in the line below. */
function reasonOf(message: string | null): string {
  const [first = "", second] = (message ?? "").split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
  return second !== undefined && / Error in /.test(first) ? `${first}: ${second}` : first;
}

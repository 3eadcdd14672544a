import type { RejectSummary } from "../../app/ingest/summarise-rejects.ts";

/** What to do about the most frequent reasons; the others say enough by themselves. */
const remedies: Readonly<Record<string, string>> = {
  bad_encoding: "the file is not in the encoding the mapping says; try encoding: windows-1252",
  bad_quotes: 'a quote is not closed or stands inside a cell; if quotes mean nothing in this file, write quote: ""',
  cut_off: "the last line is not complete: the export stopped early",
  not_in_map: "list the value under map:, or say what the rest means with else:",
  too_precise: "say how to round: round: half_even",
  no_zone: "say zone: for these local times",
  not_a_date: "correct format:",
  not_a_time: "correct format:",
  handle_mismatch: "handle_ms must be the sum of talk, hold, after-call work and other; if the file has no such total, write {sum: [...]}",
  missing_key: "a part of the key is empty",
  missing_value: "the cell is empty, or the mapping has no such column: without it the record cannot be counted",
};

/** One line per reason, the most frequent first, with the first places it happened at. */
export function describeRejects(file: string, rejects: readonly RejectSummary[], placeWord: "line" | "at" = "line"): string[] {
  return rejects.map(({ reason, field, count, examples }) => {
    const places = examples
      .map(({ place, value }) => (value === null ? `${placeWord} ${place}` : `${placeWord} ${place}: ${JSON.stringify(value)}`))
      .join(", ");
    const remedy = remedies[reason];
    return `  ${file}: ${count} x ${reason}${field === null ? "" : ` in ${field}`} (${places})${remedy === undefined ? "" : ` - ${remedy}`}`;
  });
}

/**
 * What was found wrong or noteworthy in the data or in a diagnostic, in words.
 * `refuses`: there is no figure. `lowers`: the figure is not of grade A or B. `notes`: printed, nothing else.
 */
export interface Finding {
  readonly code: string;
  readonly severity: "refuses" | "lowers" | "notes";
  readonly text: string;
}

export function refuses(code: string, text: string): Finding {
  return { code, severity: "refuses", text };
}

export function lowers(code: string, text: string): Finding {
  return { code, severity: "lowers", text };
}

export function notes(code: string, text: string): Finding {
  return { code, severity: "notes", text };
}

/** `3 agents (a, b, c)`; the first few names and how many more. */
export function countOf(names: readonly string[], noun: string): string {
  const shown = names.slice(0, 3).join(", ");
  const more = names.length > 3 ? `, and ${names.length - 3} more` : "";
  return `${names.length} ${noun}${names.length === 1 ? "" : "s"} (${shown}${more})`;
}

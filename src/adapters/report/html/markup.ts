/** Text that is known to be markup. Everything else that meets a template is escaped. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | readonly (Html | string)[];

/** Tagged template: interpolated text is escaped, markup and lists of it are taken over, null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.map((text, index) => text + (index < parts.length ? partMarkup(parts[index] ?? null) : "")).join("");
  return { markup };
}

/** For markup this program wrote itself. */
export function trusted(markup: string): Html {
  return { markup };
}

export const nothing: Html = { markup: "" };

function partMarkup(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  if ("markup" in part) return part.markup;
  return part.map(partMarkup).join("");
}

/** Safe in text and in quoted attributes; control characters, which HTML forbids, become a visible mark. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]/gu, "\u{fffd}")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

/**
 * Statements that read the marts (`sql/`, and those compiled in `src/app`) are written once, in SQL every warehouse takes.
 * Where they part, a statement uses one of these words, written like a function, and each warehouse spells it its own way.
 */
export interface Spelling {
  /** What a cast calls a type here: `double` -> `float64`; a type that is not named stays. */
  readonly types: Readonly<Record<string, string>>;
  readonly words: Words;
}

export interface Words {
  /** Whole days from one date to a later one. */
  readonly days_between: (earlier: string, later: string) => string;
  /** The Monday of a date's week, as a date. */
  readonly week_start: (day: string) => string;
  readonly add_seconds: (instant: string, seconds: string) => string;
  /** The part of a text before the first mark; all of it where there is none. */
  readonly text_before: (text: string, mark: string) => string;
  /** An aggregate: each value once, in order, with commas between. */
  readonly sorted_list: (text: string) => string;
  /** A relation: table_schema and table_name, in small letters, of what dbt has made. */
  readonly tables_built: () => string;
}

/** Comments and texts in quotes are passed over as they are. */
const pieces = /--[^\n]*|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\w+|\s+|./g;

/** The statement as this warehouse is asked it. */
export function spell(sql: string, spelling: Spelling): string {
  const tokens = sql.match(pieces) ?? [];
  const { parts, end } = spellUntil(tokens, 0, spelling);
  return parts.join(",") + tokens.slice(end).join("");
}

/** Spells up to the bracket that closes what was opened last, or to the end: the parts between commas, and where it stopped. */
function spellUntil(tokens: readonly string[], from: number, spelling: Spelling): { readonly parts: string[]; readonly end: number } {
  const parts: string[] = [];
  let part = "";
  let at = from;
  for (; at < tokens.length && tokens[at] !== ")"; at += 1) {
    const token = tokens[at] ?? "";
    if (token === ",") {
      parts.push(part);
      part = "";
    } else if (token === "(") {
      const { parts: inner, end } = spellUntil(tokens, at + 1, spelling);
      const before = tokens[at - 1] ?? "";
      const word = wordNamed(spelling.words, before);
      if (word === null) part += `(${before === "cast" ? castTo(inner.join(","), spelling.types) : inner.join(",")})`;
      else part = part.slice(0, -before.length) + word(...inner.map((text) => text.trim()));
      at = end;
    } else {
      part += token;
    }
  }
  return { parts: [...parts, part], end: at };
}

/** A comment may name a bound value, and what only comments name is not bound. */
export function withoutComments(sql: string): string {
  return (sql.match(pieces) ?? []).filter((piece) => !piece.startsWith("--")).join("");
}

type Word = (...parts: readonly string[]) => string;

function wordNamed(words: Words, name: string): Word | null {
  const found = Object.entries<Word>({ ...words }).find(([word]) => word === name);
  return found?.[1] ?? null;
}

function castTo(inside: string, types: Spelling["types"]): string {
  return inside.replace(/ as (\w+)$/, (_, type: string) => ` as ${types[type] ?? type}`);
}

import type { Document, LineCounter } from "yaml";
import { isNode } from "yaml";
import type * as z from "zod/mini";
import { nearest } from "./nearest.ts";

/** One thing wrong in a file the user wrote. */
export interface Fault {
  /** Dotted path of the value: `organisation.zone`; empty for the file itself. */
  readonly path: string;
  readonly line: number | null;
  readonly text: string;
}

/** Where the faults of a YAML document are: its nodes know their offsets. */
export interface Located {
  readonly document: Document;
  readonly lines: LineCounter;
}

export function lineOf({ document, lines }: Located, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}

/** All issues of a zod parse in the words of a reader: path, line, value and what was expected. */
export function faultsOf(
  error: z.core.$ZodError,
  located: Located,
  value: unknown,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): Fault[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => unknownKey([...issue.path, key], located, knownKeys(issue.path)));
    const found = valueAt(value, issue.path);
    const line = lineOf(located, issue.path);
    const path = issue.path.join(".");
    if (found === undefined) return [{ path, line, text: `is missing - expected ${expectation(issue)}` }];
    return [{ path, line, text: `${isSecret(path) ? "what stands there" : quoted(found)} - expected ${expectation(issue)}` }];
  });
}

function unknownKey(path: readonly PropertyKey[], located: Located, known: readonly string[]): Fault {
  const near = nearest(String(path.at(-1)), known);
  const text = near === null ? `is not a known key - known here: ${known.join(", ")}` : `is not a known key - did you mean ${near}?`;
  return { path: path.join("."), line: lineOf(located, path), text };
}

/** Our schemas carry the expectation as message; where they leave it to zod, its issue says enough. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.message !== "Invalid input") return issue.message;
  return issue.code === "invalid_type" ? (typeWords[issue.expected] ?? issue.expected) : "another value";
}

const typeWords: Readonly<Partial<Record<string, string>>> = {
  string: "text, in quotes where it looks like a number",
  object: "a mapping of keys to values",
  record: "a mapping of names to values",
  array: "a list",
};

/** A secret is never shown, whatever is wrong with it. */
function isSecret(path: string): boolean {
  return /(secret|password|passphrase|token|privateKey)$/i.test(path);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = Reflect.get(found, key);
  }
  return found;
}

function quoted(value: unknown): string {
  // The password of an address, which may be too broken to be recognised as one.
  const text = (JSON.stringify(value) ?? String(value)).replace(/:[^\s"]*@/g, ":***@");
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** `  organisation.zone (line 4): "Berlin" - expected ...`, one line per fault. */
export function describeFaults(file: string, faults: readonly Fault[]): string {
  const lines = faults.map(
    ({ path, line, text }) => `  ${path === "" ? "the file" : path}${line === null ? "" : ` (line ${line})`}: ${text}`,
  );
  return `${file} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${lines.join("\n")}`;
}

/**
 * Whether a text is one query and nothing else, so that it can stand as `select * from (...)`: no second statement, no
 * bracket that closes ours. Quotes and comments are skipped as DuckDB reads them.
 */
export function isSingleSelect(sql: string): boolean {
  const plain = stripQuoted(sql);
  if (plain === null || !/^[\s(]*(?:select|with|from)\b/i.test(plain)) return false;
  let depth = 0;
  for (const character of plain.replace(/;\s*$/, "")) {
    if (character === ";") return false;
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The query without its closing semicolon, on lines of its own so that a comment at its end stays a comment. */
export function asSubquery(sql: string, name: string): string {
  return `select * from (\n${sql.trim().replace(/;$/, "")}\n) as ${name}`;
}

const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([A-Za-z_]*)\$[\s\S]*?\$\1\$/g;

/** Null when a quote or a comment is left open. */
function stripQuoted(sql: string): string | null {
  const plain = sql.replace(quoted, " ");
  return /['"]|\/\*|\$[A-Za-z_]*\$/.test(plain) ? null : plain;
}

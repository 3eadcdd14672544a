import { type Document, isScalar, visit } from "yaml";

const reference = /\$(\$?)\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
const secretName = /KEY|TOKEN|SECRET|PASS|CREDENTIAL/i;

export interface Interpolation {
  /** Names that are neither set nor have a default, by dotted path of the value that asks for them. */
  readonly missing: readonly { readonly path: string; readonly name: string }[];
  /** Values of variables whose names sound like secrets; the output redacts them. */
  readonly secrets: readonly string[];
}

/**
 * Puts `${NAME}` and `${NAME:-default}` into the scalars of a document that is already parsed,
 * so that no value of the environment can add keys or change the structure. `$${` stands for a literal `${`.
 * With `leaveOutUnset` a value that asks for a variable that is not set counts as not given.
 */
export function interpolateEnvironment(
  document: Document,
  env: Readonly<Record<string, string | undefined>>,
  { leaveOutUnset = false }: { readonly leaveOutUnset?: boolean } = {},
): Interpolation {
  const missing: { path: string; name: string }[] = [];
  const secrets = new Set<string>();
  visit(document, {
    Scalar(key, node, parents) {
      if (key === "key" || typeof node.value !== "string" || !node.value.includes("${")) return;
      const asked = missing.length;
      const text = node.value.replace(reference, (whole: string, literal: string, name: string, fallback: string | undefined) => {
        if (literal !== "") return whole.slice(1);
        const value = env[name] === "" ? fallback : (env[name] ?? fallback);
        if (value === undefined) missing.push({ path: pathOf(parents, key), name });
        else if (secretName.test(name) && value !== "") secrets.add(value);
        return value ?? "";
      });
      if (leaveOutUnset && missing.length > asked) {
        node.value = null;
        return;
      }
      // An unquoted ${THREADS} is meant as the number it holds; a quoted one stays text.
      node.value = node.type === "PLAIN" && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
      if (typeof node.value === "number") delete node.source;
    },
  });
  return { missing, secrets: [...secrets] };
}

/** `warehouse.path` of the scalar under these parents. */
function pathOf(parents: readonly unknown[], key: number | "key" | "value" | null): string {
  const names = parents.flatMap((parent) => {
    const name = typeof parent === "object" && parent !== null && "key" in parent ? parent.key : undefined;
    return isScalar(name) ? [String(name.value)] : [];
  });
  return typeof key === "number" ? `${names.join(".")}.${key}` : names.join(".");
}

/** Takes secrets out of a text before anybody sees it. */
export type Redact = (text: string) => string;

const mask = "***";
/** Shorter values would be found inside ordinary words. */
const minimumLength = 6;
/** A bare `..._KEY` may be a column's name; it counts where the name says more. */
const secretVariable = /((^|_)GAMI_.*KEY|(API|ACCESS|PRIVATE|SECRET|MASTER)_?KEY|TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIALS?)$/i;

const shapes: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]*@/gi, `$1${mask}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${mask}`],
  [/\b(password|passphrase|client_secret|access_token|refresh_token|api_?key)(["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, `$1$2${mask}`],
];

/** Values of environment variables that are named like secrets. */
export function secretsOfEnvironment(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => (value !== undefined && secretVariable.test(name) ? [value] : []));
}

/** Hides the given values, credentials in URLs, bearer tokens and `password=...` pairs. `secrets` is asked each time: the config may add some. */
export function createRedactor(secrets: () => readonly string[]): Redact {
  return (text) => {
    let clean = text;
    // The longest first: one secret may be a part of another.
    for (const secret of secrets().toSorted((one, other) => other.length - one.length))
      if (secret.length >= minimumLength) clean = clean.replaceAll(secret, mask);
    for (const [pattern, replacement] of shapes) clean = clean.replace(pattern, replacement);
    return clean;
  };
}

import { ConfigError } from "../../../errors.ts";

/** Turns bytes into text as they come, a character cut between two blocks included. */
export interface TextStream {
  write(bytes: Buffer): string;
  end(): string;
}

/** The encoding a byte order mark announces; null when there is none. */
export function encodingOfMark(beginning: Buffer): string | null {
  if (beginning[0] === 0xef && beginning[1] === 0xbb && beginning[2] === 0xbf) return "utf-8";
  if (beginning[0] === 0xff && beginning[1] === 0xfe) return "utf-16le";
  if (beginning[0] === 0xfe && beginning[1] === 0xff) return "utf-16be";
  return null;
}

export function isUtf8(encoding: string): boolean {
  return /^(utf-?8|ascii|us-ascii)$/i.test(encoding);
}

/** What does not fit the encoding becomes U+FFFD; the row that holds it is rejected. @throws ConfigError when the encoding is not known. */
export async function openDecoder(encoding: string): Promise<TextStream> {
  if (isUtf8(encoding)) {
    const decoder = new TextDecoder("utf-8");
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  const { default: iconv } = await import("iconv-lite");
  if (!iconv.encodingExists(encoding)) {
    throw new ConfigError(`encoding "${encoding}" is not known: expected utf-8, utf-16le, windows-1252, iso-8859-15, shift_jis, ...`, {
      code: "ENCODING_UNKNOWN",
      hint: "leave encoding out for UTF-8, or name it as its IANA name",
    });
  }
  const decoder = iconv.getDecoder(encoding);
  return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() ?? "" };
}

import type { IncomingMessage } from "node:http";

export interface ReadRequest {
  readonly url: URL;
  readonly bodyText: string;
  /** Parsed JSON or form fields; null when there is none or it is neither. */
  readonly body: unknown;
}

const mostBytes = 512_000;

/** As the real platform, takes no body over 512,000 bytes. */
export async function readRequest(message: IncomingMessage, origin: string): Promise<ReadRequest> {
  const url = new URL(message.url ?? "/", origin);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > mostBytes) throw new RangeError(`request body over ${mostBytes} bytes`);
    chunks.push(bytes);
  }
  const bodyText = Buffer.concat(chunks).toString("utf8");
  return { url, bodyText, body: parse(bodyText, message.headers["content-type"] ?? "") };
}

function parse(text: string, type: string): unknown {
  if (text === "") return null;
  if (type.includes("x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

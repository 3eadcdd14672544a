import { SourceBrokenError } from "../../errors.ts";

/**
 * Reads an answer's body, at most so many bytes. JSON is parsed whatever the charset says; an HTML page where JSON
 * was due is a proxy, a login page or a maintenance notice, and is said to be one.
 */
export async function readBody(response: Response, maxBytes: number, place: string): Promise<unknown> {
  if (response.status === 204 || response.status === 304) return null;
  const bytes = await readAtMost(response, maxBytes, place);
  if (bytes.length === 0) return null;
  const type = (response.headers.get("content-type") ?? "").toLowerCase();
  const text = decode(bytes, type, place);
  if (type.startsWith("text/csv") || type.startsWith("text/plain") || type.includes("octet-stream")) return text;
  if (/^\s*<(!doctype|html)/i.test(text)) {
    throw new SourceBrokenError(`${place} answered a web page (${response.status}) instead of JSON: ${titleOf(text)}`, {
      code: "HTML_INSTEAD_OF_JSON",
      hint: "a proxy or a login page stands in between: check the base URL and the network",
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (response.status >= 400) return text;
    throw new SourceBrokenError(
      `${place} answered ${bytes.length} bytes that are no JSON, beginning ${JSON.stringify(text.slice(0, 60))}`,
      {
        code: "NOT_JSON",
        hint: "run the command again; if it stays, the platform or a proxy cuts its answers short",
        cause,
      },
    );
  }
}

async function readAtMost(response: Response, maxBytes: number, place: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      await response.body?.cancel().catch(() => {});
      throw new SourceBrokenError(`${place} answered more than ${Math.round(maxBytes / 1e6)} MB in one page`, {
        code: "PAGE_TOO_LARGE",
        hint: "ask for smaller pages (pageSize) or a shorter interval",
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** JSON is UTF-8; a page that says otherwise is believed, one whose bytes are not what it says is refused. */
function decode(bytes: Buffer, type: string, place: string): string {
  const charset = /charset="?([\w-]+)/.exec(type)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SourceBrokenError(`${place} answered bytes that are not ${charset}`, {
      code: "WRONG_CHARSET",
      hint: "the platform or a proxy changes the encoding on the way; report the request named above",
      cause,
    });
  }
}

function titleOf(html: string): string {
  return /<title[^>]*>([^<]{1,120})/i.exec(html)?.[1]?.trim() ?? "no title";
}

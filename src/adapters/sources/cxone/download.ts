import { SourceBrokenError } from "../../../errors.ts";
import { type PoliteClientOptions, politeClient } from "../../http/client.ts";

/** Fetches a signed address without the token, wherever it is, over TLS. Null: it has expired (403) or is gone (404, 410). */
export function downloadWithout(options: Omit<PoliteClientOptions, "origins" | "token">): (url: URL) => Promise<string | null> {
  return async (url) => {
    const isLocal = url.hostname === "127.0.0.1" || url.hostname === "localhost";
    if (url.protocol !== "https:" && !isLocal) {
      throw new SourceBrokenError(`${options.platform} points at ${url.origin} for a file: expected https`, {
        code: "FILE_WITHOUT_TLS",
        hint: "nothing was fetched; check the region or base URL in gami.config.yaml",
      });
    }
    const client = politeClient({ ...options, origins: [url.origin], token: null });
    const { status, body } = await client.send({ method: "GET", url, headers: { accept: "text/csv, */*" }, alsoFine: [403, 404, 410] });
    if (status >= 400) return null;
    return typeof body === "string" ? body : JSON.stringify(body);
  };
}

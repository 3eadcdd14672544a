import { createHash } from "node:crypto";
import type { OutputFolder } from "../../src/ports/output-folder.ts";

/** An output folder that keeps its files as text. */
export function createMemoryFolder(): { readonly folder: OutputFolder; readonly files: Map<string, string> } {
  const files = new Map<string, string>();
  const folder: OutputFolder = {
    path: "memory",
    async open(name) {
      let text = "";
      return {
        add: (part) => {
          text += part;
        },
        drain: async () => undefined,
        async close() {
          files.set(name, text);
          return { name, bytes: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
        },
      };
    },
    seal: async (name, text) => void files.set(name, text),
    close: async () => undefined,
  };
  return { folder, files };
}

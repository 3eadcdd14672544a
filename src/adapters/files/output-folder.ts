import { createHash, type Hash } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize, relative, resolve } from "node:path";
import { GamiError, UsageError, WarehouseError } from "../../errors.ts";
import type { OutputFolder, OutputFolderOptions, TextSink, WrittenFile } from "../../ports/output-folder.ts";

const chunkCharacters = 1 << 18;

/**
 * Makes the folder ready: created when missing, emptied of our own files when it is ours.
 * @throws UsageError when it holds anything else; WarehouseError when the disk refuses.
 */
export async function openOutputFolder(options: OutputFolderOptions): Promise<OutputFolder> {
  const path = resolve(options.path);
  await onDisk(path, () => claim(path, options));
  const opened = new Set<FileHandle>();
  return {
    path,
    open: (name) => onDisk(join(path, name), () => openSink(join(path, name), name, opened)),
    seal: (name, text) =>
      onDisk(join(path, name), async () => {
        await writeFile(join(path, `${name}.part`), text);
        await rename(join(path, `${name}.part`), join(path, name));
      }),
    async close() {
      for (const handle of opened) await handle.close();
      opened.clear();
    },
  };
}

async function claim(path: string, { names, marker }: OutputFolderOptions): Promise<void> {
  await makeFolder(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const present = entries.filter((entry) => !entry.isDirectory()).map((entry) => relative(path, join(entry.parentPath, entry.name)));
  const own = new Set([...names, ...names.map((name) => `${name}.part`), marker].map(normalize));
  const foreign = present.find((name) => !own.has(name));
  if (foreign !== undefined || (present.length > 0 && !present.includes(marker))) {
    const found = foreign ?? present[0];
    throw new UsageError(
      `${path} holds ${found}, which is not of an earlier run: expected an empty folder or one written by this command`,
      {
        code: "FOLDER_NOT_OWN",
        hint: "choose another folder with --out",
      },
    );
  }
  await writeFile(join(path, marker), "Written by gami simulate files; it may replace what is here.\n");
  for (const name of present) if (name !== marker) await rm(join(path, name));
  for (const name of names) await makeFolder(dirname(join(path, name)));
}

/** Like mkdir -p. Node's own `recursive` never returns where the kernel answers "no such file" for ever, as under /proc. */
async function makeFolder(path: string): Promise<void> {
  const code = await mkdir(path).then(() => null, codeOf);
  if (code === null || code === "EEXIST") return;
  if (code === "ENOENT" && dirname(path) !== path) await makeFolder(dirname(path));
  await mkdir(path);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

async function openSink(path: string, name: string, opened: Set<FileHandle>): Promise<TextSink> {
  const handle = await open(path, "w");
  opened.add(handle);
  const hash = createHash("sha256");
  let parts: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = async () => {
    const text = parts.join("");
    parts = [];
    characters = 0;
    bytes += await onDisk(path, () => write(handle, hash, text));
  };
  return {
    add(text) {
      parts.push(text);
      characters += text.length;
    },
    async drain() {
      if (characters >= chunkCharacters) await flush();
    },
    async close(): Promise<WrittenFile> {
      await flush();
      opened.delete(handle);
      await handle.close();
      return { name, bytes, sha256: hash.digest("hex") };
    },
  };
}

async function write(handle: FileHandle, hash: Hash, text: string): Promise<number> {
  const buffer = Buffer.from(text, "utf8");
  hash.update(buffer);
  for (let at = 0; at < buffer.length; ) at += (await handle.write(buffer, at)).bytesWritten;
  return buffer.length;
}

async function onDisk<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GamiError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new WarehouseError(`cannot write ${path}: ${reason}`, {
      code: "OUTPUT_UNWRITABLE",
      hint: "check that the folder is writable and the disk has room, or choose another with --out",
      cause: error,
    });
  }
}

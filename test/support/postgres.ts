import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A database server of a test's own, in a folder of its own. */
export interface PostgresCluster {
  readonly url: string;
  /** As a machine that loses power and comes back. */
  restart(): void;
  stop(): void;
}

/** Where Debian puts the server's programs; null where there are none. */
export function postgresPrograms(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root).sort((one, other) => Number(one) - Number(other)) : [];
  return versions.map((version) => join(root, version, "bin")).findLast((folder) => existsSync(join(folder, "initdb"))) ?? null;
}

/** `isDurable`: synced to the disk at every commit, as in use; a test does not miss what it loses with its machine. */
export async function startPostgres({ isDurable = false } = {}): Promise<PostgresCluster> {
  const programs = postgresPrograms();
  if (programs === null) throw new Error("PostgreSQL is not installed here");
  const folder = mkdtempSync(join(tmpdir(), "gami-postgres-"));
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  mkdirSync(data);
  const run = (program: string, ...args: readonly string[]) => {
    const command = [join(programs, program), ...args];
    // The server refuses to run as root.
    const [name = "", ...rest] = process.getuid?.() === 0 ? ["runuser", "-u", "postgres", "--", ...command] : command;
    const { status, stderr, error } = spawnSync(name, rest, { cwd: folder, encoding: "utf8", stdio: ["ignore", "ignore", "pipe"] });
    if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
  };
  if (process.getuid?.() === 0) spawnSync("chown", ["postgres", data]);
  run("initdb", "-D", data, "-U", "gami", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=${isDurable ? "on" : "off"} -c max_connections=120`;
  const control = (...args: readonly string[]) => run("pg_ctl", "-D", data, "-w", "-t", "60", "-s", "-l", join(data, "log"), ...args);
  control("start", "-o", options);
  return {
    url: `postgres://gami@127.0.0.1:${port}/postgres`,
    restart: () => control("restart", "-m", "immediate", "-o", options),
    stop() {
      control("stop", "-m", "immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

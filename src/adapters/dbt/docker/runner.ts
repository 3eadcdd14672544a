import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { ConfigError, WarehouseError } from "../../../errors.ts";
import type { Dbt } from "../../../ports/dbt.ts";
import type { DbtConfig } from "../config.ts";
import { dbtArguments, dbtEnvironment, dbtFolders, dbtVersion, runDbtProcess } from "../program.ts";

/** What a person must do once; the Dockerfile comes with gami. */
const buildHint = (engine: string, image: string, adapter: string) =>
  `build it once, in gami's folder: ${engine} build --build-arg ADAPTERS=${adapter} -t ${image} -f docker/dbt/Dockerfile requirements`;
const patienceMs = 10_000;

/** Where the container sees what is mounted into it. */
const inside = { project: "/project", target: "/target", logs: "/logs", warehouse: "/warehouse" };

/**
 * dbt in a container: the project is mounted read-only, dbt's own folders and the DuckDB file's folder writable; nothing else
 * of the machine is seen. It runs as the calling user, so that files keep their owner, without capabilities.
 */
export function dockerDbt(config: DbtConfig): Dbt {
  return {
    async describe() {
      const engine = await findEngine(config);
      return {
        runner: "docker",
        program: config.image,
        version: await dbtVersion(engine, ["run", "--rm", "--network=none", config.image]),
      };
    },
    async run(call) {
      const engine = await findEngine(config);
      await refuseMissingImage(engine, config);
      const { target, logs } = dbtFolders(config);
      // An engine makes missing folders itself, as root.
      for (const folder of [target, logs]) await mkdir(folder, { recursive: true });
      const name = `gami-dbt-${randomUUID()}`;
      return runDbtProcess(
        {
          program: engine,
          args: [...runArguments(engine, name, config), config.image, ...dbtArguments(config, call)],
          cwd: config.gamiFolder,
          env: containerEnvironment(config),
          target,
          stop: () => stopContainer(engine, name),
        },
        call,
      );
    },
  };
}

/** The configured engine, else docker, else podman: the first that answers. */
async function findEngine({ engine }: DbtConfig): Promise<string> {
  const wanted = engine === null ? ["docker", "podman"] : [engine];
  const faults: string[] = [];
  for (const name of wanted) {
    const answer = await execa(name, ["version"], { reject: false, all: true, timeout: 30_000 });
    if (answer.exitCode === 0) return name;
    const said = answer.code === "ENOENT" ? "not installed" : (answer.all ?? answer.shortMessage ?? "").trim().split("\n").at(-1);
    faults.push(`${name}: ${said}`);
  }
  throw new ConfigError(`dbt.runner is 'docker', but no container engine answers (${faults.join("; ")})`, {
    code: "ENGINE_MISSING",
    hint: "start docker or podman, or set dbt.runner to 'auto' in gami.config.yaml: it needs Python only",
  });
}

async function refuseMissingImage(engine: string, { image, adapter }: DbtConfig): Promise<void> {
  const answer = await execa(engine, ["image", "inspect", "--format", "{{.Id}}", image], { reject: false, all: true, timeout: 30_000 });
  if (answer.exitCode === 0) return;
  if (/no such image|not found|unable to|not known/i.test(answer.all ?? "")) {
    throw new ConfigError(`the image ${image} is not on this machine`, {
      code: "IMAGE_MISSING",
      hint: buildHint(engine, image, adapter),
    });
  }
  throw new WarehouseError(`${engine} could not look for the image ${image}: ${(answer.all ?? "").trim()}`, {
    code: "ENGINE_BROKEN",
    hint: `run '${engine} version' and mend what it says`,
  });
}

function runArguments(engine: string, name: string, config: DbtConfig): string[] {
  const { target, logs } = dbtFolders(config);
  const { GAMI_DUCKDB: file } = config.environment;
  const mounts = [
    `${config.projectFolder}:${inside.project}:ro`,
    `${target}:${inside.target}`,
    `${logs}:${inside.logs}`,
    ...(file === undefined ? [] : [`${dirname(file)}:${inside.warehouse}`]),
  ];
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  return [
    "run",
    "--rm",
    `--name=${name}`,
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    // DuckDB is a file: such a dbt has nothing to say to any network.
    ...(config.adapter === "duckdb" ? ["--network=none"] : []),
    ...(user === undefined ? [] : [`--user=${user}:${group}`]),
    // Without it a rootless podman gives the files to somebody else.
    ...(engine === "podman" && user !== 0 ? ["--userns=keep-id"] : []),
    ...mounts.flatMap((mount) => ["--volume", mount]),
    // Names only: a value on the command line can be read by every user of the machine.
    ...Object.keys(containerEnvironment(config)).flatMap((variable) => ["--env", variable]),
    `--workdir=${inside.project}`,
  ];
}

function containerEnvironment(config: DbtConfig): Record<string, string> {
  const { GAMI_DUCKDB: file, ...environment } = config.environment;
  return {
    ...environment,
    ...(file === undefined ? {} : { GAMI_DUCKDB: `${inside.warehouse}/${basename(file)}`, GAMI_DUCKDB_TEMP: `${inside.target}/spill` }),
    ...dbtEnvironment(inside),
  };
}

/** dbt is its container's first process, which ignores SIGTERM: it is interrupted, and after a while taken away. */
async function stopContainer(engine: string, name: string): Promise<void> {
  await execa(engine, ["kill", "--signal=INT", name], { reject: false, timeout: 30_000 });
  for (let waited = 0; waited < patienceMs; waited += 200) {
    const { exitCode } = await execa(engine, ["container", "inspect", name], { reject: false, timeout: 30_000, stdout: "ignore" });
    if (exitCode !== 0) return;
    await sleep(200);
  }
  await execa(engine, ["rm", "--force", name], { reject: false, timeout: 30_000 });
}

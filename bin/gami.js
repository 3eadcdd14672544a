#!/usr/bin/env node
const { argv, versions } = process;
if (argv.length === 3 && (argv[2] === "--version" || argv[2] === "-V")) {
  // Answered before anything else is loaded: schedulers and shells ask this often.
  // Not imported, which would load the streams of files too; an older Node may know no other way.
  const { readFileSync } = process.getBuiltinModule?.("node:fs") ?? (await import("node:fs"));
  process.stdout.write(`${JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version}\n`);
} else if (Number(versions.node.split(".", 1)[0]) < 24) {
  await handOver();
} else {
  const { enableCompileCache } = await import("node:module");
  enableCompileCache?.();
  await import("../dist/main.js");
}

/** The checkout brings Node 24 as a package; an older Node on the PATH hands over to it. */
async function handOver() {
  const { existsSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const local = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  if (!existsSync(local)) {
    process.stderr.write(
      `gami needs Node 24 or newer, this is ${versions.node}.\nhint: install Node 24, or run 'npm run setup' in the checkout\n`,
    );
    process.exitCode = 2;
    return;
  }
  const { spawn } = await import("node:child_process");
  const child = spawn(local, [fileURLToPath(import.meta.url), ...argv.slice(2)], { stdio: "inherit" });
  // A terminal signals the whole group itself; a scheduler signals only us.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

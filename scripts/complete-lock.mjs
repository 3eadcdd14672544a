// Adds the other platforms' optional packages that a partial registry left out of package-lock.json.
// Without them `npm ci` refuses the lock ("Missing: @biomejs/cli-darwin-arm64@ from lock file").
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const OS = { android: "android", darwin: "darwin", freebsd: "freebsd", linux: "linux", openharmony: "openharmony", win32: "win32" };
const CPU = { arm: "arm", arm64: "arm64", x64: "x64", ppc64: "ppc64", s390x: "s390x", wasm32: "wasm32" };
const added = [];
for (const [path, pkg] of Object.entries({ ...lock.packages })) {
  for (const [name, version] of Object.entries(pkg.optionalDependencies ?? {})) {
    if (path === "" || !/^\d/.test(version)) continue;
    // npm looks beside the package first, then upward, so a hoisted entry of another version does not count.
    const folder = path.slice(0, path.lastIndexOf("node_modules/"));
    const beside = `${folder}node_modules/${name}`,
      top = `node_modules/${name}`;
    if ([beside, top].some((place) => lock.packages[place]?.version === version)) continue;
    const place = lock.packages[top] ? beside : top;
    const words = name.split("/").pop().split("-");
    const entry = { version, optional: true };
    const cpu = words.map((w) => CPU[w]).find(Boolean),
      os = words.map((w) => OS[w]).find(Boolean);
    if (cpu) entry.cpu = [cpu];
    if (words.includes("musl")) entry.libc = ["musl"];
    else if (words.includes("gnu") || words.includes("gnueabihf")) entry.libc = ["glibc"];
    if (os) entry.os = [os];
    if (pkg.dev) entry.dev = true;
    lock.packages[place] = entry;
    added.push(`${name}@${version} ${cpu}/${os}/${entry.libc ?? ""}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.join("\n"));

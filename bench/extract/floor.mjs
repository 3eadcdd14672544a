// What nobody can do without: fetching the pages, here thrown away, or kept a row a line for DuckDB's own reader.

import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";

const [, , url, token, queriesPath, keepAt] = process.argv;
const keep = keepAt === undefined ? null : createWriteStream(keepAt);
let pages = 0;
let rows = 0;
let bytes = 0;
const ids = new Set();
for (const query of readFileSync(queriesPath, "utf8").trimEnd().split("\n")) {
  for (let cursor = ""; cursor !== null; ) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${url}/analytics/v2/export/data`, {
      method: "POST",
      body: query,
      headers: cursor === "" ? headers : { ...headers, "x-pagination-cursor": cursor },
    });
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    cursor = answer.headers.get("x-pagination-cursor");
    pages += 1;
    if (keep === null) {
      bytes += (await answer.arrayBuffer()).byteLength;
      continue;
    }
    const { data } = await answer.json();
    rows += data.length;
    for (const row of data) ids.add(row["event.id"]);
    if (data.length > 0 && !keep.write(`${data.map((row) => JSON.stringify(row)).join("\n")}\n`)) await once(keep, "drain");
  }
}
keep?.end();
if (keep !== null) await once(keep, "close");
console.log(JSON.stringify({ pages, rows, keys: ids.size, megabytes: bytes / 1e6 }));

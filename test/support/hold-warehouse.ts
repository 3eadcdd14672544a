/** Holds a DuckDB file until its input ends: `node hold-warehouse.ts PATH`. Prints `held` once it has it. */
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";

const [path = ""] = process.argv.slice(2);
const warehouse = openDuckDbWarehouse({ path, idleReleaseMillis: 600_000 });
await warehouse.createTables();
process.stdout.write("held\n");
process.stdin.resume();
process.stdin.on("end", () => void warehouse.close());

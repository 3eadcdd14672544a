// The same rows read into typed columns by DuckDB itself.
import { DuckDBInstance } from "@duckdb/node-api";

const [, , rows, database] = process.argv;
const texts = ["user.id", "user.timezone", "challenge.id", "badge.id", "event_type", "action_type", "event.id", "interaction.id", "metric"];
const columns = [
  "'timestamp': 'timestamp'",
  "points_earned: 'double'",
  "engagement_score: 'double'",
  ...texts.map((name) => `'${name}': 'varchar'`),
];
const instance = await DuckDBInstance.create(database, { threads: "2" });
const connection = await instance.connect();
await connection.run(
  `create table events as select * from read_json('${rows}', format = 'newline_delimited', columns = {${columns.join(", ")}})`,
);
await connection.run("checkpoint");
connection.closeSync();
instance.closeSync();

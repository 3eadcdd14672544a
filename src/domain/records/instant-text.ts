const dayMillis = 86_400_000;
const dayTexts = new Map<number, string>();
const secondTexts: string[] = Array.from({ length: 86_400 }, () => "");
const millisTexts: readonly string[] = Array.from({ length: 1000 }, (_, millis) => `${String(millis).padStart(3, "0")}Z`);

/** `2024-02-29T12:00:00.000Z` of epoch milliseconds: as Date's toISOString, several times faster where days repeat. */
export function instantText(epochMillis: number): string {
  const [day, second, millis] = instantParts(epochMillis);
  return day + second + millis;
}

/** `2024-02-29T`, `12:00:00.` and `000Z`: for whoever writes the text piece by piece. */
export function instantParts(epochMillis: number): readonly [day: string, second: string, millis: string] {
  const day = Math.floor(epochMillis / dayMillis);
  const millis = epochMillis - day * dayMillis;
  return [dayText(day), secondText(Math.floor(millis / 1000)), millisTexts[millis % 1000] ?? ""];
}

let lastDay = Number.NaN;
let lastDayText = "";

function dayText(day: number): string {
  if (day === lastDay) return lastDayText;
  lastDay = day;
  lastDayText = dayTexts.get(day) ?? keepDayText(day);
  return lastDayText;
}

function keepDayText(day: number): string {
  // A file holds some hundred days; a hostile one with millions must not fill the memory.
  if (dayTexts.size > 10_000) dayTexts.clear();
  const text = new Date(day * dayMillis).toISOString().slice(0, -13);
  dayTexts.set(day, text);
  return text;
}

/** `08:30:00.` of a second of the day. */
function secondText(second: number): string {
  const known = secondTexts[second];
  if (known !== undefined && known !== "") return known;
  const text = new Date(second * 1000).toISOString().slice(11, -4);
  secondTexts[second] = text;
  return text;
}

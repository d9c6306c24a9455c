// Compile drawings with D2 itself: a list of texts as JSON on stdin; what each shows as JSON on stdout.
import { readFileSync } from "node:fs";

const { D2 } = await import(process.argv[2]);
const d2 = new D2();
const found = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  const { diagram } = await d2.compile(text);
  found.push({
    boxes: Object.fromEntries(diagram.shapes.map((one) => [one.id, one.label])),
    lines: diagram.connections.map((one) => [one.src, one.dst, one.label]),
  });
}
process.stdout.write(JSON.stringify(found), () => process.exit(0));

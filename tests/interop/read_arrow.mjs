// Reads the Arrow files with Arrow's implementation in JavaScript.
//
// It has no codec of its own: a compressed file is refused until one is
// registered. Both are held here: the refusal, and, with codecs of two other
// packages, the values.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CompressionType, compressionRegistry, DataType, tableFromIPC } from "apache-arrow";
import { decompress as decompressZstd } from "fzstd";
import lz4 from "lz4js";

const [, , out, expectedFile] = process.argv;
const expected = JSON.parse(readFileSync(expectedFile, "utf8"));
let files = 0, wrong = 0;

function same(path, what, got, want) {
  if (got !== want) {
    wrong++;
    console.error(`apache-arrow: ${path}: ${what} is ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
  }
  return got === want;
}

// The bits of a decimal, four words, as its digits.
function decimal(words, scale) {
  let n = 0n;
  for (let i = 3; i >= 0; i--) n = (n << 32n) | BigInt(words[i]);
  n = BigInt.asIntN(128, n);
  const digits = (n < 0n ? -n : n).toString().padStart(scale + 1, "0");
  return (n < 0n ? "-" : "") + digits.slice(0, -scale) + "." + digits.slice(-scale);
}

function float(value) {
  if (Number.isNaN(value)) return "NaN";
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(value);
  return bits.toString("hex");
}

// The values of a column as text, null for null. Days and instants are taken as
// they stand in the file: the library's own getters give milliseconds.
function* texts(vector, kind) {
  for (const data of vector.data) {
    for (let i = 0; i < data.length; i++) {
      if (!data.getValid(i)) yield null;
      else if (DataType.isDictionary(data.type)) yield data.dictionary.get(data.values[i]);
      else if (kind === "date" || kind.startsWith("timestamp")) yield String(data.values[i]);
      else if (kind.startsWith("decimal")) yield decimal(data.values.subarray(4 * i, 4 * i + 4), data.type.scale);
      else if (kind === "float64") yield float(data.values[i]);
      else if (kind === "int64") yield String(data.values[i]);
      else if (kind === "bool") yield String((data.values[i >> 3] & (1 << (i & 7))) !== 0);
      else yield new TextDecoder().decode(data.values.subarray(data.valueOffsets[i], data.valueOffsets[i + 1]));
    }
  }
}

function compare(path, model, table, coded) {
  const empty = model.startsWith("empty_");
  same(path, "the number of rows", table.numRows, empty ? 0 : expected.rows.length);
  same(path, "martlet.model", table.schema.metadata.get("martlet.model"), model);
  same(path, "the length of martlet.run", table.schema.metadata.get("martlet.run")?.length, 64);
  expected.columns.forEach(([name, kind], j) => {
    const field = table.schema.fields[j];
    same(path, "the name of a column", field.name, name);
    same(path, `the type of ${name}`, field.metadata.get("martlet.type"), kind);
    same(path, `pii of ${name}`, field.metadata.get("martlet.pii"), name === "name" ? "true" : undefined);
    same(path, `whether ${name} is a dictionary`, DataType.isDictionary(field.type), Boolean(coded && expected.closed[name]));
    if (empty) return;
    let i = 0;
    for (const text of texts(table.getChildAt(j), kind)) {
      if (!same(path, `${name} of row ${i}`, text, expected.rows[i][j])) break;
      i++;
    }
  });
}

function* arrowFiles() {
  for (const [name, output] of Object.entries(expected.outputs)) {
    for (const model of [name, `empty_${name}`]) {
      const path = `${model}.arrow`;
      yield { model, path, output, packed: !["none", undefined].includes(output.compression), content: readFileSync(join(out, path)) };
    }
  }
}

for (const { model, path, packed, content } of arrowFiles()) {
  if (!packed || model.startsWith("empty_")) continue;
  let refusal = "none";
  try {
    tableFromIPC(content);
  } catch (error) {
    refusal = error.message;
  }
  same(path, "that it is refused without a codec", /codec|compress/i.test(refusal), true);
}

// What a codec gives has to begin where its memory does, as a copy does.
compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (data) => Uint8Array.from(lz4.decompress(data)) });
compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => Uint8Array.from(decompressZstd(data)) });
for (const { model, path, output, content } of arrowFiles()) {
  files++;
  compare(path, model, tableFromIPC(content), output.dictionaries);
}
console.log(`apache-arrow for JavaScript: ${files} files read, ${wrong} differences`);
process.exit(wrong > 0 ? 1 : 0);

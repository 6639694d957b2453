/**
 * Writes `src/generated/tables.js` and `src/generated/registries.js` from the specification's own files,
 * so that the library stands alone and no code point is ever typed by hand.
 *
 *     node scripts/generate.js           write the files
 *     node scripts/generate.js --check   compare them, exit 1 if one differs (a test does this)
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SPECIFICATION = new URL('../../../../spec/', import.meta.url);
const GENERATED = new URL('../src/generated/', import.meta.url);

/** @param {string} path */
const read = (path) => JSON.parse(readFileSync(new URL(path, SPECIFICATION), 'utf8'));

/** @param {string} name @returns {string} a module that exports sorted inclusive ranges, flattened */
const table = (name) =>
  `/** @type {readonly number[]} First and last code point of each range, in turn. */\n` +
  `export const ${name} = Object.freeze([\n${wrap(read(`tables/${name}.json`).ranges.flat())}\n]);\n`;

/** @param {number[]} numbers */
function wrap(numbers) {
  const lines = [];
  for (let start = 0; start < numbers.length; start += 16) lines.push(`  ${numbers.slice(start, start + 16).join(', ')},`);
  return lines.join('\n');
}

/** @param {string} file @param {string} name */
const names = (file, name) =>
  `/** @type {ReadonlySet<string>} */\n` +
  `export const ${name} = new Set(${JSON.stringify(read(`registries/${file}.json`).entries.map((/** @type {{name: string}} */ entry) => entry.name))});\n`;

const HEADER = '// Written by scripts/generate.js from spec/; do not edit.\n\n';

/** @returns {Record<string, string>} */
export function generated() {
  return {
    'tables.js': HEADER + ['permitted', 'marks', 'wide', 'ambiguous'].map(table).join('\n'),
    'registries.js':
      HEADER +
      [
        names('severities', 'SEVERITIES'),
        names('repeats', 'REPEATS'),
        names('features', 'FEATURES'),
        names('os', 'OPERATING_SYSTEMS'),
        names('architectures', 'ARCHITECTURES'),
        names('commands', 'COMMANDS'),
        names('ci-variables', 'CI_VARIABLES'),
        names('reasons', 'REASONS'),
        `/** @type {Readonly<Record<string, string>>} The level of each reason code. */\n` +
          `export const LEVELS = Object.freeze(${JSON.stringify(
            Object.fromEntries(
              read('registries/reason-codes.json').entries.map((/** @type {{code: string, level: string}} */ entry) => [entry.code, entry.level]),
            ),
            null,
            2,
          )});\n`,
      ].join('\n'),
  };
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').pop() ?? '')) {
  for (const [file, text] of Object.entries(generated())) {
    const target = new URL(file, GENERATED);
    if (!process.argv.includes('--check')) writeFileSync(target, text);
    else if (readFileSync(target, 'utf8') !== text) {
      process.stderr.write(`${file} differs from spec/\n`);
      process.exitCode = 1;
    }
  }
}

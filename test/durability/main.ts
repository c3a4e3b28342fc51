/** Kills a host as often as asked and prints what became of its events: `node test/durability/main.ts 300 [seed]`. */
import { nothingLost } from './nothing-lost.ts';

const [kills = '300', seed = '1'] = process.argv.slice(2);
const result = await nothingLost({
  kills: Number(kills),
  seed: Number(seed),
  onProgress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K... ${text}`);
  },
});
if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
console.log(result);
process.exitCode = result.lost.length + result.torn.length === 0 ? 0 : 1;

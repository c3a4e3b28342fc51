import { marked } from 'marked';

export const handler = async () => marked.parse('# Tea\n\n| a | b |\n|---|---|\n| *1* | `2` |\n');

export const expected =
  '<h1>Tea</h1>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody><tr>\n' +
  '<td><em>1</em></td>\n<td><code>2</code></td>\n</tr>\n</tbody></table>\n';

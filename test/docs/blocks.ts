/** The code blocks of a Markdown document, with what comments above them ask of the test. */

/** A change of what the document says, made so that a block runs here: in a comment above it, with the reason. */
export type Change =
  | { readonly kind: 'replace'; readonly from: string; readonly to: string; readonly reason: string }
  | { readonly kind: 'append'; readonly text: string; readonly reason: string };

/** A fenced code block. */
export interface Block {
  /** As in the fence: `ts`, `sh` and so on. */
  readonly language: string;
  readonly code: string;
  /** Line of the fence, from 1. */
  readonly line: number;
  /** `<!-- file: NAME -->`: the block is the file NAME, which the text above names, and which a later block uses. */
  readonly file: string | undefined;
  /** `<!-- output -->`: the block is what the one before it prints. */
  readonly isOutput: boolean;
  /** `<!-- test: skip, REASON -->`. */
  readonly skip: string | undefined;
  /** `<!-- test: have NAME, NAME -->`: what the reader has, and the test makes. */
  readonly fixtures: readonly string[];
  /** `<!-- test: replace `A` by `B`, REASON -->` and `<!-- test: append `X`, REASON -->`, in order. */
  readonly changes: readonly Change[];
  /** `<!-- test: background until URL -->`: it runs on beside the blocks below, which begin when the address answers. */
  readonly background: string | undefined;
}

type Directives = Pick<Block, 'file' | 'isOutput' | 'skip' | 'fixtures' | 'changes' | 'background'>;

const FENCE = /^(\s*)```(\S*)\s*$/;
const COMMENT = /^<!-- ((?:file|output|test)\b.*) -->$/;

/**
 * Reads the blocks of a document.
 *
 * @throws Error naming document and line where a block has no language, is indented, or has a comment that says nothing known
 */
export function readBlocks(document: string, markdown: string): Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  let comments: string[] = [];
  let prose = '';
  for (let i = 0; i < lines.length; i++) {
    const fail = (problem: string): never => {
      throw new Error(`${document}:${i + 1}: ${problem}`);
    };
    const line = lines[i];
    const comment = COMMENT.exec(line.trim());
    if (comment) {
      comments.push(comment[1]);
      continue;
    }
    const fence = FENCE.exec(line);
    if (fence) {
      const [, indent, language] = fence;
      if (indent !== '') fail('an indented fence: the test reads those at the start of a line');
      if (language === '') fail('a block without a language: say ts, js, sh, json, python or text');
      const end = lines.findIndex((each, j) => j > i && each.trimEnd() === '```');
      if (end < 0) fail('a block that does not end');
      const directives = readDirectives(comments, fail);
      if (directives.file !== undefined && !prose.includes(`\`${directives.file}\``)) {
        fail(`the block is \`${directives.file}\` to the test, but the text above it does not name it`);
      }
      blocks.push({ language, code: lines.slice(i + 1, end).join('\n'), line: i + 1, ...directives });
      i = end;
      comments = [];
      prose = '';
    } else if (/^ {4}\S/.test(line) && lines[i - 1]?.trim() === '' && !isInList(lines, i)) {
      fail('an indented block: fence it, so that it is run');
    } else if (line.trim() !== '') {
      if (comments.length > 0) fail(`the comment "${comments[0]}" stands above no block`);
      prose += `${line}\n`;
    }
  }
  return blocks;
}

function isInList(lines: readonly string[], at: number): boolean {
  const above = lines.slice(0, at).findLast((line) => /^\S/.test(line));
  return above !== undefined && /^([-*]|\d+\.) /.test(above);
}

function readDirectives(comments: readonly string[], fail: (problem: string) => never): Directives {
  let [file, skip, background]: (string | undefined)[] = [];
  let isOutput = false;
  const fixtures: string[] = [];
  const changes: Change[] = [];
  for (const comment of comments) {
    const [, named] = /^file: (\S+)$/.exec(comment) ?? [];
    const [, why] = /^test: skip, (.+)$/.exec(comment) ?? [];
    const [, things] = /^test: have (.+)$/.exec(comment) ?? [];
    const [, url] = /^test: background until (\S+)$/.exec(comment) ?? [];
    const replace = /^test: replace `(.+?)` by `(.*?)`, (.+)$/.exec(comment);
    const append = /^test: append `(.+?)`, (.+)$/.exec(comment);
    if (named !== undefined) file = named;
    else if (comment === 'output') isOutput = true;
    else if (why !== undefined) skip = why;
    else if (things !== undefined) fixtures.push(...things.split(/, */));
    else if (url !== undefined) background = url;
    else if (replace) changes.push({ kind: 'replace', from: replace[1], to: replace[2], reason: replace[3] });
    else if (append) changes.push({ kind: 'append', text: append[1], reason: append[2] });
    else fail(`the comment "${comment}" says nothing that the test knows`);
  }
  return { file, isOutput, skip, fixtures, changes, background };
}

/** The block's code as the test runs it. */
export function changedCode({ code, changes, line }: Block): string {
  return changes.reduce((changed, change) => {
    if (change.kind === 'append')
      return commandLines(changed)
        .map((each) => `${each} ${change.text}`)
        .join('\n');
    if (!changed.includes(change.from)) {
      throw new Error(`line ${line}: the test is to replace \`${change.from}\`, which the block does not have`);
    }
    return changed.replaceAll(change.from, change.to);
  }, code);
}

/** The commands of a shell block, without comments, continued lines joined. */
export function commandLines(code: string): string[] {
  return code
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** A matcher between the braces of a selector. */
interface Matcher {
  readonly label: string;
  readonly operator: string;
  /** The values that it names: one, or the alternatives of a regular expression. */
  readonly values: readonly string[];
}

/** A metric that an expression reads. */
export interface Selector {
  readonly name: string;
  readonly text: string;
  readonly matchers: readonly Matcher[];
}

const KEYWORDS = new Set(['and', 'or', 'unless', 'offset', 'bool', 'on', 'ignoring', 'by', 'without', 'group_left', 'group_right']);
// What may stand before a brace: a name, with the ranges and label lists of an expression taken out first.
const SELECTOR = /(?<![\w:.])([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{[^}]*\})?/g;
const MATCHER = /([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

/** The metrics that a PromQL expression reads, with their matchers. Knows the language as far as our rules and dashboard use it. */
export function selectorsIn(expression: string): Selector[] {
  const bare = expression
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\boffset\s+\w+/g, ' ')
    // Names of functions and aggregations.
    .replaceAll(/\b[a-z_0-9]+\s*(?=\()/g, ' ');
  return [...bare.matchAll(SELECTOR)]
    .filter(([, name = '']) => !KEYWORDS.has(name) && !/^(Inf|NaN)$/i.test(name))
    .map(([text, name = '', braces = '']) => ({ name, text: text.trim(), matchers: matchersIn(braces) }));
}

function matchersIn(braces: string): Matcher[] {
  return [...braces.matchAll(MATCHER)].map(([, label = '', operator = '', value = '']) => ({
    label,
    operator,
    values: operator.endsWith('~') ? value.split('|') : [value],
  }));
}

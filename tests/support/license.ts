/** The part of a `package.json` that states a licence: today's field, and the two forms of old packages. */
export interface LicenseFields {
  readonly license?: unknown;
  readonly licenses?: unknown;
}

/**
 * What a package says its licence is.
 *
 * @returns An SPDX expression, or whatever else it says; nothing when it is silent.
 */
export function statedLicense({ license, licenses }: LicenseFields): string | undefined {
  const choices = (Array.isArray(licenses) ? licenses : [license ?? licenses]).map(licenseName);
  const named = choices.filter((choice) => choice !== undefined);
  if (named.length === 0 || named.length < choices.length) return undefined;
  return named.length === 1 ? named[0] : named.map((choice) => `(${choice})`).join(' OR ');
}

function licenseName(value: unknown): string | undefined {
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  return typeof value === 'object' && value !== null && 'type' in value ? licenseName(value.type) : undefined;
}

/**
 * Whether an SPDX expression leaves a way to keep to the allowed licences: one side of an OR, both sides of an AND. What is not
 * an expression is not allowed, and neither is an exception (`WITH`) that is not on the list word by word.
 */
export function isLicenseAllowed(expression: string, allowedIds: ReadonlySet<string>): boolean {
  const words = expression
    .replace(/[()]/g, ' $& ')
    .split(/\s+/)
    .filter((word) => word !== '');
  let position = 0;

  function readAlternatives(): boolean | undefined {
    return readChain('OR', () => readChain('AND', readTerm));
  }

  function readChain(operator: 'OR' | 'AND', readOperand: () => boolean | undefined): boolean | undefined {
    let isAllowed = readOperand();
    while (isAllowed !== undefined && words[position] === operator) {
      position += 1;
      const next = readOperand();
      if (next === undefined) return undefined;
      isAllowed = operator === 'OR' ? isAllowed || next : isAllowed && next;
    }
    return isAllowed;
  }

  function readTerm(): boolean | undefined {
    const word = words[position] ?? '';
    position += 1;
    if (word === '(') {
      const inner = readAlternatives();
      position += 1;
      return words[position - 1] === ')' ? inner : undefined;
    }
    if (!/^[A-Za-z0-9.+-]+$/.test(word) || ['OR', 'AND', 'WITH'].includes(word)) return undefined;
    if (words[position] !== 'WITH') return allowedIds.has(word);
    position += 2;
    return allowedIds.has(`${word} WITH ${words[position - 1]}`);
  }

  const isAllowed = readAlternatives();
  return isAllowed === true && position === words.length;
}

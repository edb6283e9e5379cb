import type { LogisticModel } from '../support/logistic-regression.ts';
import { formatTable } from '../support/table.ts';
import { PRODUCT_FEATURES } from './features.ts';
import { beliefIn, isShortRight, isUnforced, type LossRow, THRESHOLDS } from './fit.ts';
import type { HeardText } from './heard-text.ts';

/** Names of the weights in the manifest, the intercept first. */
export const WEIGHT_NAMES = ['intercept', ...PRODUCT_FEATURES].map((name) => `unlikelyText${name[0]?.toUpperCase()}${name.slice(1)}`);

/** From here on the product believes a text. */
const BELIEVED_PROBABILITY = 0.5;

/** Whether weights leave a text: one whose start was forced is not theirs to judge. */
export function isKept(text: HeardText, model: LogisticModel): boolean {
  return text.text !== '' && (!isUnforced(text) || beliefIn(text, model) >= BELIEVED_PROBABILITY);
}

/**
 * Of sounds in which nobody speaks to the device, by kind: how many clips have a text before and after. *Bare* are the whole ones if they
 * came without evidence: then no start is forced.
 */
export function formatInvented(texts: readonly HeardText[], model: LogisticModel): string {
  const unspoken = texts.filter(({ label }) => label === 'invented' || label === 'overheard');
  const kinds = [...new Set(unspoken.map(({ kind }) => kind))];
  const rowOf = (name: string, of: readonly HeardText[]): string[] => {
    const whole = of.filter(({ way }) => way === 'whole');
    const isHeard = (text: HeardText): boolean => isKept(text, model);
    return [
      name,
      ...beforeAndAfter(
        of.filter(({ way }) => way === 'cut'),
        isHeard,
      ),
      ...beforeAndAfter(whole, isHeard),
      ...beforeAndAfter(whole, isHeard, isUnforced).slice(1),
      String(of.filter((text) => text.label === 'overheard' && isHeard(text)).length),
    ];
  };
  const rows = kinds.map((kind) =>
    rowOf(
      kind,
      unspoken.filter((text) => text.kind === kind),
    ),
  );
  const all = rowOf('all', unspoken);
  return formatTable([['kind', 'cuts', 'before', 'after', 'whole', 'before', 'after', 'bare, before', 'after', 'overheard'], ...rows, all]);
}

/** Of speech, by kind: right texts, those of one or two words, and what is lost of both. */
export function formatLost(texts: readonly HeardText[], model: LogisticModel): string {
  const right = texts.filter(({ label }) => label === 'right');
  const kinds = [...new Set(right.map(({ kind }) => kind))];
  const rowOf = (name: string, of: readonly HeardText[]): string[] => {
    const short = of.filter(isShortRight);
    const lost = (among: readonly HeardText[]): string => String(among.filter((text) => !isKept(text, model)).length);
    return [name, String(of.length), lost(of), String(short.length), lost(short)];
  };
  const rows = kinds.map((kind) =>
    rowOf(
      kind,
      right.filter((text) => text.kind === kind),
    ),
  );
  return formatTable([['kind', 'right texts', 'lost', 'of one or two words', 'lost'], ...rows, rowOf('all', right)]);
}

/** What each rule loses of the texts that began by themselves, from each threshold on. */
export function formatLosses(rows: readonly LossRow[], texts: readonly HeardText[]): string {
  const unforced = texts.filter(isUnforced);
  const count = (isCounted: (text: HeardText) => boolean): number => unforced.filter(isCounted).length;
  const short = count(isShortRight);
  const right = count(({ label }) => label === 'right');
  const invented = count(({ label }) => label === 'invented');
  const heading = `lost of ${short} short right texts / of ${right} right ones / kept of ${invented} invented ones`;
  const cells = rows.map(({ name, at }) => [name, ...at.map((loss) => `${loss.short} / ${loss.right} / ${loss.invented}`)]);
  return `${heading}\n${formatTable([['features', ...THRESHOLDS.map(String)], ...cells])}`;
}

/** Weights side by side. */
export function formatWeights(models: Readonly<Record<string, LogisticModel>>): string {
  const columns = Object.values(models).map(({ intercept, weights }) => [intercept, ...weights]);
  const rows = WEIGHT_NAMES.map((name, index) => [name, ...columns.map((column) => (column[index] ?? 0).toFixed(3))]);
  return formatTable([['weight', ...Object.keys(models)], ...rows]);
}

/** How many there are, and with a text how many before and after. */
function beforeAndAfter(
  texts: readonly HeardText[],
  isHeard: (text: HeardText) => boolean,
  isCounted: (text: HeardText) => boolean = () => true,
): string[] {
  const before = texts.filter((text) => text.text !== '' && isCounted(text));
  const after = before.filter(isHeard);
  const share = (count: number): string => (texts.length === 0 ? '' : `${count} (${((100 * count) / texts.length).toFixed(1)} %)`);
  return [String(texts.length), share(before.length), share(after.length)];
}

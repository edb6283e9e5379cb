import { findLeastRisk } from '@outspoken/asr/decoding';
import type { ViewedClip } from './viewed-clip.ts';

/** Chooses a text of a clip: its place among the texts. */
export type Rule = (clip: ViewedClip) => number;

/** What a number of views says, chosen by one of the rules that were tried. */
export const RULES: Readonly<Record<string, (views: readonly number[]) => Rule>> = {
  'own mean': (views) => (clip) => {
    const best = maximumOf(views, (view) => clip.meanLogProbabilities[view] ?? Number.NEGATIVE_INFINITY);
    return clip.textOfView[best] ?? 0;
  },
  'sum of all views': (views) => (clip) => maximumOf(textsOf(clip, views), (text) => sumOver(clip, views, text)),
  'least risk': (views) => (clip) => weigh(clip, views).text,
};

/** Places of the texts that these views wrote. */
export function textsOf({ textOfView }: ViewedClip, views: readonly number[]): number[] {
  return [...new Set(views.map((view) => textOfView[view] ?? 0))];
}

/** Hears more views only where those before are not sure; `isSure` is asked after each round but the last. */
export function inRounds(rounds: readonly (readonly number[])[], isSure: (clip: ViewedClip, views: readonly number[]) => boolean) {
  const viewsOf = (clip: ViewedClip): number[] => {
    const heard: number[] = [];
    for (const [index, round] of rounds.entries()) {
      heard.push(...round);
      if (index < rounds.length - 1 && isSure(clip, heard)) break;
    }
    return heard;
  };
  const rule: Rule = (clip) => weigh(clip, viewsOf(clip)).text;
  return { rule, viewsOf };
}

/** The text of the least risk, and how probable the most probable one is. */
export function weigh(clip: ViewedClip, views: readonly number[]): { readonly text: number; readonly certainty: number } {
  const texts = textsOf(clip, views).map((place) => ({
    place,
    text: clip.texts[place] ?? '',
    logProbability: sumOver(clip, views, place),
  }));
  const highest = Math.max(...texts.map(({ logProbability }) => logProbability));
  const certainty = 1 / texts.reduce((sum, { logProbability }) => sum + Math.exp(logProbability - highest), 0);
  return { text: texts[findLeastRisk(texts)]?.place ?? 0, certainty };
}

function sumOver({ logProbabilities }: ViewedClip, views: readonly number[], text: number): number {
  return views.reduce((sum, view) => sum + (logProbabilities[view]?.[text] ?? 0), 0);
}

function maximumOf(items: readonly number[], worthOf: (item: number) => number): number {
  return items.reduce((best, item) => (worthOf(item) > worthOf(best) ? item : best), items[0] ?? 0);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { loadModelFiles } from '@outspoken/models';
import { buildMoonshineGraphs } from '@outspoken/asr';
import * as runtime from 'onnxruntime-node';
import { PreparedDecoder } from '/tmp/wt/keywords/packages/asr/src/moonshine/prepared-decoder.ts';
import { decodeClip } from '/tmp/wt/keywords/packages/asr/src/moonshine/clip-decoder.ts';
import { KeywordTree } from '/tmp/wt/keywords/packages/asr/src/moonshine/keyword-tree.ts';
import { Tokenizer } from '/tmp/wt/keywords/packages/asr/src/moonshine/tokenizer.ts';
import { readMoonshineParameters, maximumTokensOf } from '/tmp/wt/keywords/packages/asr/src/moonshine/parameters.ts';
import { readDevRecordings, readDevSamples } from '/tmp/wt/keywords/benchmarks/support/dev-data.ts';
import { WHISPER_ENGLISH, countWordErrors, align } from '@outspoken/evaluation';

const cats = new Set((process.argv[3] ?? 'libri_other,libri_clean,ljspeech').split(','));
const configs = JSON.parse(process.argv[2] ?? '[[0,0,0]]') as [number, number, number][]; // perToken, maximum, distractors
const { manifest, files } = await loadModelFiles('moonshine-tiny');
const parameters = readMoonshineParameters(manifest.parameters);
const tokenizer = new Tokenizer(files.vocabulary);
const graphs = buildMoonshineGraphs(files, 'unsigned', parameters);
const session = { intraOpNumThreads: 1, interOpNumThreads: 1 };
const decoder = await PreparedDecoder.load(runtime, graphs, { parameters, session, now: () => performance.now() });
const recs = readDevRecordings('manifest.jsonl').filter((r) => r.text && cats.has(r.category ?? ''));
const isRare = (w: string) => w.length >= 5 && tokenizer.encode(` ${w}`).length >= 2 && tokenizer.encode(` ${w[0]!.toUpperCase()}${w.slice(1)}`).length >= 2;
const rareOf = (t: string) => [...new Set(t.toLowerCase().match(/[a-z']+/g)?.filter(isRare) ?? [])];
const all = readDevRecordings('manifest.jsonl').filter((r) => r.text && !['digit','digit_string'].includes(r.category!));
const region = new Intl.DisplayNames(['en'], { type: 'region' }); const lang = new Intl.DisplayNames(['en'], { type: 'language' });
const names: string[] = [];
for (let a = 65; a < 91; a++) for (let b = 65; b < 91; b++) { const c = String.fromCharCode(a, b); for (const n of [region.of(c), lang.of(c.toLowerCase())]) if (n && n.toLowerCase() !== c.toLowerCase()) names.push(n); }
for (const z of Intl.supportedValuesOf('timeZone')) names.push(z.split('/').at(-1)!.replaceAll('_', ' '));
const others = [...new Set([...all.flatMap((r) => rareOf(r.text!)), ...names])];
let seed = 7; const rnd = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648);
const shuffled = others.map((o) => [rnd(), o] as const).sort((a, b) => a[0] - b[0]).map(([, o]) => o);
console.log('recs', recs.length, 'rare', recs.reduce((s, r) => s + rareOf(r.text!).length, 0), 'pool', others.length);
const out: any[] = []; const cache = new Map<string, Float32Array>();
for (const [perToken, maximum, distractors] of configs) {
  const t = { rare: 0, hit: 0, falseIns: 0, err: 0, words: 0, restErr: 0, dec: 0, enc: 0, tree: 0 };
  const c0 = process.cpuUsage();
  let cpu = 0;
  for (const r of recs) {
    const samples = cache.get(r.audio_filepath) ?? await readDevSamples(r); cache.set(r.audio_filepath, samples);
    const own = rareOf(r.text!);
    const ownSet = new Set(own);
    const list = perToken === 0 && maximum === 0 ? [] : [...own, ...shuffled.filter((o) => !ownSet.has(o.toLowerCase())).slice(0, distractors)];
    const b0 = process.cpuUsage();
    const t0 = performance.now();
    const tree = new KeywordTree(list, tokenizer, { perToken, maximum });
    t.tree += performance.now() - t0;
    const clip = await decodeClip(decoder, { samples, maximumTokens: maximumTokensOf(samples.length, parameters), forcesStart: true, signal: undefined, ...(maximum < 0 ? {} : { beam: { keywords: tree } }) });
    const u = process.cpuUsage(b0); cpu += (u.user + u.system) / 1000;
    t.dec += clip.timings.decoderMs; t.enc += clip.timings.encoderMs;
    const text = tokenizer.decode(clip.found.tokenIds).join('').trim();
    const ref = WHISPER_ENGLISH.words(r.text!), hyp = WHISPER_ENGLISH.words(text);
    const e = countWordErrors(r.text!, text, WHISPER_ENGLISH);
    t.err += e.substitutions + e.deletions + e.insertions; t.words += ref.length;
    const rare = new Set(own.flatMap((w) => WHISPER_ENGLISH.words(w)));
    const listed = new Set(list.flatMap((w) => WHISPER_ENGLISH.words(w)));
    let bad: string[] = [];
    for (const op of align(ref, hyp)) {
      const isL = op.type !== 'insertion' && rare.has(op.reference);
      if (isL) { t.rare++; if (op.type === 'equal') t.hit++; else bad.push(op.reference); }
      else if (op.type !== 'equal') t.restErr++;
      if (op.type !== 'equal' && op.type !== 'deletion' && listed.has(op.hypothesis)) { t.falseIns++; bad.push('+' + op.hypothesis); }
    }
    out.push({ perToken, maximum, distractors, path: r.audio_filepath, speaker: r.speaker, text, ref: r.text, bad, texts: clip.texts?.slice(0, 3).map((x) => [x.logProbability, x.bonus, tokenizer.decode(x.found.tokenIds).join('')]) });
  }
  console.log(JSON.stringify({ perToken, maximum, distractors }), `recall ${t.hit}/${t.rare} wer ${(100 * t.err / t.words).toFixed(2)} err ${t.err}/${t.words} restErr ${t.restErr} falseIns ${t.falseIns} cpu ${cpu.toFixed(0)} enc ${t.enc.toFixed(0)} dec ${t.dec.toFixed(0)} tree ${t.tree.toFixed(0)}`); writeFileSync(process.argv[4] ?? '/tmp/exp1.json', JSON.stringify(out, null, 1));
}
writeFileSync(process.argv[4] ?? '/tmp/exp1.json', JSON.stringify(out, null, 1));

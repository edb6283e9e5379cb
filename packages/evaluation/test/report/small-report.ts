import { readManifest } from '../../src/manifest/manifest.ts';
import { WHISPER_ENGLISH } from '../../src/normalisation/normaliser.ts';
import { createReport, type EvaluationReport, type ReportInput } from '../../src/report/evaluation-report.ts';

const MANIFEST = `
{"audio_filepath": "a.wav", "text": "turn the light on", "speaker": "x", "room": "hall"}
{"audio_filepath": "b.wav", "text": "Mister Hale <&> stop", "speaker": "y", "room": "hall"}
{"audio_filepath": "c.wav", "text": "three five", "speaker": "y", "room": "bath"}
{"audio_filepath": "d.wav", "text": null, "room": "bath"}
`;
const HEARD = ['Turn a light on now.', 'Mr. Hale, stop!', '', ''];

/** A report of four clips with four errors: one of each kind and an empty one. */
export function smallReport(change: Partial<ReportInput> = {}): EvaluationReport {
  return createReport({
    createdAt: '2026-11-27T12:00:00.000Z',
    commit: 'abc123',
    manifest: 'small.jsonl',
    system: { model: 'moonshine-tiny', graph: 'signed', clipPolicyId: 'sha256:1', road: 'cut' },
    normaliser: WHISPER_ENGLISH,
    sliceField: 'room',
    plannedCount: 4,
    isStopped: false,
    failures: [],
    heard: readManifest(MANIFEST).map((entry, index) => ({ entry, hypothesis: HEARD[index] ?? '' })),
    ...change,
  });
}

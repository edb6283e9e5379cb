import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodePcm } from '@outspoken/audio';
import { fileSource, openMedia } from '@outspoken/media';
import { loadModelFiles } from '@outspoken/models';
import { cutRecording, type RecordingClip } from '@outspoken/recording';
import { loadSileroVad, SpeechDetector } from '@outspoken/vad';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { cutClips } from '../benchmarks/support/dev-data.ts';
import { findOrInstallFfmpeg } from './support/sound-tools.ts';

const RECORDING = fileURLToPath(new URL('fixtures/demo-recording.wav', import.meta.url));

test('what is evaluated as a file is heard in the very clips that the benchmarks cut', async () => {
  const ffmpeg = findOrInstallFfmpeg();
  const folder = mkdtempSync(join(tmpdir(), 'outspoken-'));
  const path = join(folder, 'recording.flac');
  execFileSync(ffmpeg, ['-v', 'error', '-i', RECORDING, '-ar', '16000', '-ac', '1', path]);
  const pcm = execFileSync(ffmpeg, ['-v', 'error', '-i', path, '-f', 's16le', '-'], { maxBuffer: 64 << 20 });
  const { files } = await loadModelFiles('silero-vad-v6');
  await using model = await loadSileroVad(ort, files.model);
  const detector = new SpeechDetector({ model });
  const expected = await cutClips(detector, decodePcm(pcm, 'pcm_s16le'));

  await using source = await fileSource(path);
  await using media = await openMedia(source);
  const clips: RecordingClip[] = [];
  for await (const event of cutRecording(media.samples(), detector)) if (event.type === 'clip') clips.push(event.clip);
  rmSync(folder, { recursive: true });

  expect(clips.length).toBeGreaterThan(5);
  expect(clips.map(({ startSample, endSample, continues, evidence }) => ({ startSample, endSample, continues, evidence }))).toEqual(
    expected.map(({ startSample, endSample, continues, speech }) => ({ startSample, endSample, continues, evidence: speech })),
  );
  expect(clips.map(({ samples }) => samples)).toEqual(expected.map(({ samples }) => samples));
});

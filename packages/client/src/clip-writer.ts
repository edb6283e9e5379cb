import { CHUNK_MS, type StartMessage } from '@outspoken/protocol';
import { toLittleEndian } from './clip-audio.ts';
import type { Connection } from './connection.ts';
import { SAMPLE_RATE_HZ } from './options.ts';
import type { OutgoingClip } from './outgoing-clip.ts';

const CHUNK_SAMPLES = (CHUNK_MS * SAMPLE_RATE_HZ) / 1000;
/** A frame of waiting audio holds at most a second, so that one clip does not keep others waiting for long. */
const MAX_FRAME_SAMPLES = SAMPLE_RATE_HZ;

/** The message that opens a clip. */
export function startMessage(clip: OutgoingClip): StartMessage {
  const { clipId, sequence, startMs, preRollMs, continuesClipId } = clip.beginning;
  return { type: 'start', clipId, sequence, startMs, preRollMs, ...(continuesClipId === undefined ? {} : { continuesClipId }) };
}

/**
 * Sends what a clip has and the connection has not seen: its start, audio, `maybe_end`, end.
 *
 * @returns False when the transport is full; the rest stays in the outbox.
 */
export function writeClip(clip: OutgoingClip, connection: Connection, maxBufferedBytes: number): boolean {
  if (clip.isEndSent) return true;
  if (!clip.isStarted) {
    clip.isStarted = true;
    connection.send(startMessage(clip));
  }
  // A server that refused the clip is asked first: its audio, sent for nothing, would cost both ends more than the question.
  if (clip.refusals > 0 && clip.state !== 'ACCEPTED') return true;
  const { clipId } = clip;
  const { lengthSamples } = clip.audio;
  // A live clip waits until there is a chunk to send; less than one goes only with maybe_end or end.
  const leastSamples = clip.end !== undefined || clip.pause !== undefined ? 1 : CHUNK_SAMPLES;
  while (lengthSamples - clip.sentSamples >= leastSamples) {
    if (connection.bufferedBytes > maxBufferedBytes) return false;
    writeChunk(clip, connection);
  }
  if (clip.end) {
    clip.isEndSent = true;
    connection.send({ type: 'end', clipId, lengthSamples, ...clip.end });
  } else if (clip.pause) {
    connection.send({ type: 'maybe_end', clipId, lengthSamples, ...clip.pause });
    clip.pause = undefined;
  }
  return true;
}

function writeChunk(clip: OutgoingClip, connection: Connection): void {
  const offsetSamples = clip.sentSamples;
  const sampleCount = Math.min(MAX_FRAME_SAMPLES, clip.audio.lengthSamples - offsetSamples);
  const endSample = offsetSamples + sampleCount;
  connection.sendFrame(
    { clipId: clip.clipId, encoding: 'pcm_s16le', chunkSequence: clip.chunkSequence, offsetSamples, sampleRateHz: SAMPLE_RATE_HZ },
    toLittleEndian(clip.audio.read(offsetSamples, sampleCount)),
    Math.max(0, Math.min(clip.everSentSamples, endSample) - offsetSamples) * 2,
  );
  clip.chunkSequence++;
  clip.sentSamples = endSample;
  clip.everSentSamples = Math.max(clip.everSentSamples, endSample);
}

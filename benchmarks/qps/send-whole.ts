import type { DealtClip } from './load-recording.ts';
import type { LoadSocket } from './load-socket.ts';
import type { LoggedClip, StepLog } from './step-log.ts';

/** Sends a clip from start to end at once, as from a file. */
export function sendWhole(socket: LoadSocket, clip: DealtClip, intendedMs: number, log: StepLog): LoggedClip {
  const { utterance, part, samples, end } = clip;
  const logged = log.begin({ utterance: utterance.number, recording: utterance.recordingIndex, part });
  const sent = socket.startClip({ startMs: intendedMs, continuesClipId: undefined }, logged);
  sent.push(samples);
  sent.end({ ...end, continues: false });
  logged.sent(intendedMs, samples.length / 16, true);
  return logged;
}

import type { ClipEnd, ClipPause, OutgoingUtterance, Report, SpeechClientStats, UtteranceStart } from '@outspoken/client';
import { createUuidV7 } from '@outspoken/protocol';
import type { ClipSink } from '../../src/speech-narrator.ts';

/** One clip as the client would have got it. */
export interface TakenClip {
  readonly clipId: string;
  readonly start: UtteranceStart;
  readonly samples: number[];
  maybeEnds: (ClipPause & { readonly lengthSamples: number })[];
  end?: ClipEnd;
}

/** A client that keeps what it is given. */
export class FakeSink implements ClipSink {
  readonly clips: TakenClip[] = [];
  readonly reports: Report[] = [];

  get stats(): SpeechClientStats {
    const sentBytes = this.clips.reduce((sum, clip) => sum + clip.samples.length * 2, 0);
    return { sentBytes } as SpeechClientStats;
  }

  startUtterance(start: UtteranceStart): OutgoingUtterance {
    const clip: TakenClip = { clipId: createUuidV7(1_700_000_000_000), start, samples: [], maybeEnds: [] };
    this.clips.push(clip);
    const utterance = {
      clipId: clip.clipId,
      push: (samples: Int16Array) => {
        for (const sample of samples) clip.samples.push(sample);
      },
      maybeEnd: (pause: ClipPause) => clip.maybeEnds.push({ lengthSamples: clip.samples.length, ...pause }),
      end: (end: ClipEnd) => {
        clip.end = end;
      },
      cancel: () => undefined,
    };
    return utterance as unknown as OutgoingUtterance;
  }

  report(report: Report): void {
    this.reports.push(report);
  }
}

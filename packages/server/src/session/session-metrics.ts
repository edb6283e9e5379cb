import type { Metrics } from '@outspoken/monitoring';

/** What sessions, their sockets and files record; a part of `Metrics` of `@outspoken/monitoring`. */
export type SessionMetrics = Pick<
  Metrics,
  | 'clipFinished'
  | 'requestFinished'
  | 'rejected'
  | 'connectionOpened'
  | 'connectionClosed'
  | 'sessionOpened'
  | 'sessionClosed'
  | 'resumeFinished'
  | 'interimSent'
  | 'interimDropped'
  | 'refinementFinished'
  | 'edgeReported'
  | 'setDraining'
  | 'audioReceived'
  | 'uploadReceived'
  | 'fileStarted'
  | 'fileFinished'
>;

import { progress } from '../support/command-line.ts';
import { measureStep, type RunParts } from './knee-run.ts';
import type { QpsSettings } from './settings.ts';
import { formatPeerSetting, type PeerSetting, peerSettings, startPeer, type Target } from './targets.ts';

/** Sockets for each core while settings are tried: enough that no core waits for the generator. */
const SOCKETS_PER_CORE = 2;

/** Starts the peer as it was asked for, or as it does most audio in a second: the settings that could be its best are tried. */
export async function choosePeer(settings: QpsSettings, parts: RunParts, cores: number): Promise<Target> {
  if (settings.peerSetting) {
    return await startPeer(settings.peerSetting);
  }
  const candidates = peerSettings(cores);
  const measured: { readonly setting: PeerSetting; readonly audioSecondsPerSecond: number }[] = [];
  for (const setting of candidates) {
    await using peer = await startPeer(setting);
    const load = SOCKETS_PER_CORE * cores;
    const { audioSecondsPerSecond } = await measureStep(settings, parts, peer, { mode: 'closed', load, round: 0 });
    progress(`sherpa-onnx with ${formatPeerSetting(setting)}: ${audioSecondsPerSecond.toFixed(1)} s of audio per second`);
    measured.push({ setting, audioSecondsPerSecond });
  }
  const [best] = measured.sort((a, b) => b.audioSecondsPerSecond - a.audioSecondsPerSecond);
  if (!best) {
    throw new RangeError('there must be a setting to try');
  }
  const peer = await startPeer(best.setting);
  return {
    ...peer,
    setting: `${peer.setting} (best of ${candidates.length} tried)`,
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}

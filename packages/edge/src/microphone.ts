import { EdgeError } from './edge-error.ts';

/** Which microphone, and what the browser may do to its sound before we see it. */
export interface MicrophoneSource {
  readonly type: 'microphone';
  /** Device to open; when it is gone the default one is opened instead. */
  readonly deviceId?: string;
  /** @defaultValue true */
  readonly echoCancellation?: boolean;
  /** @defaultValue true */
  readonly noiseSuppression?: boolean;
  /** @defaultValue true */
  readonly autoGainControl?: boolean;
}

/** A stream that the caller opened and goes on owning: its tracks are never stopped by us. */
export interface StreamSource {
  readonly type: 'stream';
  readonly stream: MediaStream;
}

/** Where the sound comes from. */
export type AudioSource = MicrophoneSource | StreamSource;

/** An open stream and who must stop it. */
export interface OpenAudioSource {
  readonly stream: MediaStream;
  /** Stops the tracks if we opened them; does nothing to a stream that was given. */
  stop(): void;
}

/** The part of `navigator` that opening a microphone needs. */
export interface MicrophonePlatform {
  readonly isSecureContext: boolean;
  readonly mediaDevices: Pick<MediaDevices, 'getUserMedia'> | undefined;
  readonly permissions: Pick<Permissions, 'query'> | undefined;
}

/**
 * Opens the source: asks for the microphone, or takes the stream that was given.
 *
 * `sampleRate` is never asked for: Firefox cannot connect a microphone to a context of another rate, so we resample ourselves.
 *
 * @throws {@link EdgeError} with the code of what stands in the way.
 */
export async function openAudioSource(source: AudioSource, platform: MicrophonePlatform): Promise<OpenAudioSource> {
  if (source.type === 'stream') {
    requireLiveTrack(source.stream);
    return { stream: source.stream, stop: () => undefined };
  }
  const stream = await openMicrophone(source, platform);
  return {
    stream,
    stop() {
      for (const track of stream.getTracks()) {
        track.stop();
      }
    },
  };
}

function requireLiveTrack(stream: MediaStream): void {
  if (!stream.getAudioTracks().some((track) => track.readyState === 'live')) {
    throw new EdgeError('no_device', 'the stream given has no live audio track');
  }
}

async function openMicrophone(source: MicrophoneSource, platform: MicrophonePlatform): Promise<MediaStream> {
  if (!platform.isSecureContext) {
    throw new EdgeError('insecure_context', 'the page is not a secure context, so it has no access to a microphone');
  }
  const devices = platform.mediaDevices;
  if (!devices?.getUserMedia) {
    throw new EdgeError('unsupported', 'navigator.mediaDevices.getUserMedia is missing');
  }
  try {
    return await devices.getUserMedia({ audio: trackConstraints(source), video: false });
  } catch (cause) {
    if (source.deviceId === undefined || !isConstraintFailure(cause)) {
      throw await microphoneError(cause, platform);
    }
  }
  const { deviceId: _gone, ...anyDevice } = source;
  try {
    return await devices.getUserMedia({ audio: trackConstraints(anyDevice), video: false });
  } catch (cause) {
    throw await microphoneError(cause, platform);
  }
}

function trackConstraints(source: MicrophoneSource): MediaTrackConstraints {
  const constraints: MediaTrackConstraints = {
    echoCancellation: source.echoCancellation ?? true,
    noiseSuppression: source.noiseSuppression ?? true,
    autoGainControl: source.autoGainControl ?? true,
  };
  return source.deviceId === undefined ? constraints : { ...constraints, deviceId: { exact: source.deviceId } };
}

// A vanished deviceId is OverconstrainedError in Chromium and Safari, NotFoundError in some Firefox versions.
function isConstraintFailure(cause: unknown): boolean {
  const name = errorName(cause);
  return name === 'OverconstrainedError' || name === 'NotFoundError';
}

/** The coded error of a failure of `getUserMedia`. */
async function microphoneError(cause: unknown, platform: Pick<MicrophonePlatform, 'permissions'>): Promise<EdgeError> {
  const name = errorName(cause);
  const options = { cause, causeCode: name };
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return (await isStillAskable(platform))
        ? new EdgeError('permission_dismissed', 'the question for the microphone was dismissed', options)
        : new EdgeError('permission_denied', 'the microphone is blocked for this page', options);
    case 'SecurityError':
      return new EdgeError('permission_denied', 'the microphone is blocked by a permissions policy', options);
    case 'NotFoundError':
    case 'DevicesNotFoundError':
      return new EdgeError('no_device', 'there is no microphone', options);
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return new EdgeError('device_in_use', 'the microphone could not be opened, another program may hold it', options);
    case 'OverconstrainedError':
      return new EdgeError('constraints', 'no microphone satisfies the constraints', options);
    default:
      return new EdgeError('unsupported', `getUserMedia failed with ${name}`, options);
  }
}

// Chromium, Firefox and Safari all answer NotAllowedError for "no" and for a closed question; only the permission's state tells them apart.
async function isStillAskable(platform: Pick<MicrophonePlatform, 'permissions'>): Promise<boolean> {
  try {
    const status = await platform.permissions?.query({ name: 'microphone' as PermissionName });
    return status?.state === 'prompt';
  } catch {
    // A browser that does not know the permission's name cannot tell: the careful answer is "denied", whose advice covers both.
    return false;
  }
}

function errorName(cause: unknown): string {
  return cause instanceof Error || (typeof cause === 'object' && cause !== null && 'name' in cause) ? String(cause.name) : 'UnknownError';
}

import { expect, test } from 'vitest';
import { EdgeError } from '../src/edge-error.ts';
import { type MicrophonePlatform, type MicrophoneSource, openAudioSource } from '../src/microphone.ts';
import { fakeStream } from './support/fake-browser.ts';

type Answer = MediaStream | Error;

function platform(answers: Answer[], options: Partial<MicrophonePlatform> & { permission?: string } = {}) {
  const asked: MediaStreamConstraints[] = [];
  const { permission, ...rest } = options;
  const fake: MicrophonePlatform = {
    isSecureContext: true,
    mediaDevices: {
      getUserMedia: async (constraints) => {
        asked.push(constraints ?? {});
        const answer = answers.shift();
        if (answer instanceof Error || answer === undefined) throw answer;
        return answer;
      },
    },
    permissions: permission ? { query: async () => ({ state: permission }) as PermissionStatus } : undefined,
    ...rest,
  };
  return { fake, asked };
}

const named = (name: string): Error => new DOMException('from the browser', name);

async function codeOf(answers: Answer[], source: MicrophoneSource = { type: 'microphone' }, options: Parameters<typeof platform>[1] = {}) {
  const error = await openAudioSource(source, platform(answers, options).fake).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(EdgeError);
  return (error as EdgeError).code;
}

test.each([
  ['NotFoundError', 'no_device'],
  ['NotReadableError', 'device_in_use'],
  ['AbortError', 'device_in_use'],
  ['OverconstrainedError', 'constraints'],
  ['SecurityError', 'permission_denied'],
  ['TypeError', 'unsupported'],
])('maps %s to %s', async (name, code) => {
  expect(await codeOf([named(name)])).toBe(code);
});

test('tells a dismissed question from a refusal by the state of the permission', async () => {
  expect(await codeOf([named('NotAllowedError')], undefined, { permission: 'denied' })).toBe('permission_denied');
  expect(await codeOf([named('NotAllowedError')], undefined, { permission: 'prompt' })).toBe('permission_dismissed');
});

test('takes NotAllowedError for a refusal where the browser cannot tell', async () => {
  expect(await codeOf([named('NotAllowedError')])).toBe('permission_denied');
  const query = async (): Promise<PermissionStatus> => Promise.reject(new TypeError('microphone is not a permission name'));
  expect(await codeOf([named('NotAllowedError')], undefined, { permissions: { query } })).toBe('permission_denied');
});

test('opens any microphone when the chosen one is gone', async () => {
  const { stream } = fakeStream();
  const { fake, asked } = platform([named('OverconstrainedError'), stream]);
  const opened = await openAudioSource({ type: 'microphone', deviceId: 'gone', echoCancellation: false }, fake);
  expect(opened.stream).toBe(stream);
  expect(asked.map(({ audio }) => audio)).toEqual([
    { deviceId: { exact: 'gone' }, echoCancellation: false, noiseSuppression: true, autoGainControl: true },
    { echoCancellation: false, noiseSuppression: true, autoGainControl: true },
  ]);
});

test('does not ask again after a refusal', async () => {
  const { fake, asked } = platform([named('NotAllowedError')]);
  await expect(openAudioSource({ type: 'microphone', deviceId: 'one' }, fake)).rejects.toMatchObject({ code: 'permission_denied' });
  expect(asked).toHaveLength(1);
});

test('never asks for a sample rate', async () => {
  const { fake, asked } = platform([fakeStream().stream]);
  await openAudioSource({ type: 'microphone' }, fake);
  expect(JSON.stringify(asked)).not.toMatch(/sampleRate/);
});

test('says that the page is insecure, or the browser too old, before it asks', async () => {
  expect(await codeOf([], undefined, { isSecureContext: false, mediaDevices: undefined })).toBe('insecure_context');
  expect(await codeOf([], undefined, { mediaDevices: undefined })).toBe('unsupported');
});

test('stops the tracks that it opened, and never those of a stream that was given', async () => {
  const own = fakeStream();
  (await openAudioSource({ type: 'microphone' }, platform([own.stream]).fake)).stop();
  expect(own.track.readyState).toBe('ended');
  const given = fakeStream();
  (await openAudioSource({ type: 'stream', stream: given.stream }, platform([]).fake)).stop();
  expect(given.track.readyState).toBe('live');
});

test('refuses a stream without a live track', async () => {
  const { stream, track } = fakeStream();
  track.stop();
  await expect(openAudioSource({ type: 'stream', stream }, platform([]).fake)).rejects.toMatchObject({ code: 'no_device' });
});

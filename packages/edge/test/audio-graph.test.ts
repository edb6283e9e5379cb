import { expect, test } from 'vitest';
import { AudioGraph, createAudioContext, createCaptureNode, loadWorklet } from '../src/audio-graph.ts';
import { EdgeError } from '../src/edge-error.ts';
import { FakeBrowser, fakeStream } from './support/fake-browser.ts';

function create() {
  const browser = new FakeBrowser();
  const platform = browser.platform();
  const context = createAudioContext(platform);
  const { stream, track } = fakeStream();
  const told: unknown[] = [];
  const source = { stream, stop: () => track.stop() };
  const graph = new AudioGraph(context, source, createCaptureNode(context, platform), {
    onContextState: (state) => told.push(state),
    onLost: ({ code }) => told.push(code),
  });
  return { browser, graph, track, told };
}

test('hands the ends of one channel to the worklet and to whoever takes the frames', () => {
  const { browser, graph } = create();
  expect(browser.nodes[0]!.posted[0]).toMatchObject({ type: 'connect' });
  expect(graph.framesPort).toBeInstanceOf(MessagePort);
  expect(graph.sampleRateHz).toBe(48_000);
  graph.framesPort.close();
});

test('tells of the context, the track and the processor until it is stopped', () => {
  const { browser, graph, track, told } = create();
  browser.context.change('interrupted');
  track.unplug();
  browser.nodes[0]!.dispatchEvent(new Event('processorerror'));
  expect(told).toEqual(['interrupted', 'device_lost', 'no_frames']);
  graph.stop();
  browser.context.change('running');
  expect(told).toHaveLength(3);
  expect(track.readyState).toBe('ended');
  graph.close();
  graph.framesPort.close();
  expect(browser.context.state).toBe('closed');
});

test('asks for at most two channels, never mixed', () => {
  const options: AudioWorkletNodeOptions[] = [];
  const browser = new FakeBrowser();
  const createWorkletNode = (_context: AudioContext, name: string, given: AudioWorkletNodeOptions): AudioWorkletNode => {
    expect(name).toBe('outspoken-capture');
    options.push(given);
    return {} as AudioWorkletNode;
  };
  createCaptureNode({} as AudioContext, browser.platform({ createWorkletNode }));
  expect(options[0]).toMatchObject({ channelCount: 2, channelCountMode: 'clamped-max', channelInterpretation: 'discrete' });
});

test('never gives the context a rate, and says what is missing', async () => {
  const browser = new FakeBrowser();
  expect(() => createAudioContext(browser.platform({ isSecureContext: false }))).toThrow(EdgeError);
  expect(() => createAudioContext(browser.platform({ createWorkletNode: undefined }))).toThrow(/missing/);
  browser.addModule = async () => Promise.reject(new Error('no'));
  const context = createAudioContext(browser.platform());
  await expect(loadWorklet(context, browser.platform(), new URL('https://app.example/edge/'))).rejects.toMatchObject({
    code: 'asset_failed',
  });
});

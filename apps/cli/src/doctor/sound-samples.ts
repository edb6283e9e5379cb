/** A short tone in one format, to see whether it is decoded. Made by ffmpeg: 440 Hz, mono, 16 kHz, at most 0.2 s. */
export interface SoundSample {
  readonly id: string;
  /** What people call the format. */
  readonly name: string;
  /** Whether the program is broken without it; other formats come with a part of the system that may be missing. */
  readonly isRequired: boolean;
  readonly bytes: Uint8Array;
}

const OGG_OPUS =
  'T2dnUwACAAAAAAAAAAAAAAAAAAAAAEkq9qABE09wdXNIZWFkAQE4AYA+AAAAAABPZ2dTAAAAAAAAAAAAAAAAAAABAAAASZW+VAEuT3B1c1RhZ3MGAAAAZmZt' +
  'cGVnAQAAABQAAABlbmNvZGVyPUxhdmMgbGlib3B1c09nZ1MABLgmAAAAAAAAAAAAAAIAAAAg0Pl2Cw8UEBAPDxAPDg8SCINtgtAc/e2Y5Y2p41VmCKcaXYU8' +
  'VcAQwcdLxjP/cfSHQ50IoS8Q5KP4gcTMPQD1pOF4CKE40HcyqlxLmAoUpHziiAihONB3MqpekAHmr12bIAihONB3Mqpb7xRBUZecWgihONB3MqpWm2vUmFnE' +
  'aWIIoS8Q5F38O0fNw0BjstAIoTjQdzKqVrnW2eBYFAihONB3Mqpej/RbIOyVwAiDyiSKk2oYuM6wV+acP7IB4A==';

const MP3 =
  '//MYxAAE+ALNwUMAAf0AJokPDw8PfA8PDwBxn/4/P/8QSS8v//MYxAMFuGrAAZEwARjXRGNBtoLQDYkhwK8WjIneI3gV/9Ip//MYxAMFqF6IAdQAABWHJAcJ' +
  'A4QID+igAQAYlC+I+yqy/mTh//MYxAMFcGJwAAG4JDAS+RGFDGXKNHiJcsWLqu3IrPbPv/////MYxAQF4FqEAVsAAaqU9vJ2HYUEMpxjPAhtKNrENZp6KJHV' +
  '//MYxAMFcHawAY04AMchBUrCrABW+EwsEs1vcgH/AaJMQU1F//MYxAQAAANIAcAAADMuMTAwqqqqqqqqqqqqqqqqqqqqqqqq';

const ADTS_AAC =
  '//FgQA9f/N4CAExhdmM1OS4zNy4xMDAAAoSeJ5Ss7/O/59pepJIkkkSSAJCQkJCQkJCQkJeo9Rt69cGRIqAMbrgwMiRIpTZuWWWWWWWWWWWWWWWWWWWWWWWW' +
  'WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWXj/8WBAEp/8AQSU2gl1RLqiXVlOn/+j/7/jrWprXr//D/9/1641bj1//h/9f561xLvf/+P/z/x51qTg' +
  'JeM9zzzzzwS8mu/wV7uNd70k6VMVO9PO9PO9PO9zTvTqU8mc51PPc1Vm8TZfFWb1E6Tshbe5ud6fneh53vl9Hvl9Poz5HeeT57Kvpz6R9ujUSBgYGJDmQbPg' +
  '//FgQBG//AEUlbE7ol1ZLqyXT/+x/3/0641c14//wf9/9PPGrmv+3/9vz+OL1Lvz/2nnrUuaGuQYJgjgWpbRs4VNnDgMcCQYJOGwkqs3m04TTNshITYerWLj' +
  'M7tyFoIxFRFFRFx3RcaIvl9IootbcQii1rii9A+jWYuououoo7vdt9825zPkdyOuO5OA//FgQAGf/AEYgbRw';

/** One sample for each decoder that does not come with Node. */
export const SOUND_SAMPLES: readonly SoundSample[] = Object.freeze([
  { id: 'opus', name: 'Opus', isRequired: true, bytes: Buffer.from(OGG_OPUS, 'base64') },
  { id: 'mp3', name: 'MP3', isRequired: true, bytes: Buffer.from(MP3, 'base64') },
  { id: 'aac', name: 'AAC', isRequired: false, bytes: Buffer.from(ADTS_AAC, 'base64') },
]);

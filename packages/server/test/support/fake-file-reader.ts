import { serveFileReader } from '../../src/dispatch/file-reader-main.ts';
import { loudnessDetector, openFake } from './fake-media.ts';

// A reader process whose behaviour is chosen by the name of the file: see fake-media.ts.
const failsToLoad = process.env['FAKE_READER_LOAD'] === 'fail';

await serveFileReader(process, {
  open: openFake,
  loadDetector: async () => {
    if (failsToLoad) throw new Error('the detector is gone');
    return loudnessDetector();
  },
  // What the system says must be enough.
  residentBytes: () => 0,
});
process.exit(0);

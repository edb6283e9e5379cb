import { launchChromium } from '../../tests/support/chromium.ts';
import { DemoPage } from '../../tests/support/demo-page.ts';
import { type Answer, CountingProxy } from './counting-proxy.ts';

/** What a file is for. */
type DownloadShare = 'page' | 'worklet' | 'worker script' | 'runtime (wasm)' | 'model' | 'interface';

/** One answer that the browser received. */
export interface Download extends Answer {
  readonly share: DownloadShare;
  /**
   * The same by Chromium (`encodedDataLength` of `Network.loadingFinished`); undefined for what its page channel does not show:
   * the worklet and all that a worker loads.
   */
  readonly chromiumBytes: number | undefined;
}

/** Opens the page in a browser that has never seen it, presses "listen", and returns all that was loaded until it listens. */
export async function measureFirstVisit(serverUrl: string): Promise<Download[]> {
  await using proxy = await CountingProxy.start(serverUrl);
  const browser = await launchChromium();
  try {
    const demo = await DemoPage.open(browser, 'about:blank');
    const session = await demo.page.context().newCDPSession(demo.page);
    const urls = new Map<string, string>();
    const chromiumBytes = new Map<string, number>();
    session.on('Network.responseReceived', ({ requestId, response }) => urls.set(requestId, response.url));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const url = urls.get(requestId);
      if (url?.startsWith(proxy.url)) {
        chromiumBytes.set(url.slice(proxy.url.length), encodedDataLength);
      }
    });
    await session.send('Network.enable');
    await demo.page.goto(proxy.url);
    await demo.click('listen-button');
    await demo.waitForState('listening');
    await demo.page.locator('[data-testid="connection"][data-state="open"]').waitFor();
    const downloads = proxy.answers.map((answer) => ({ ...answer, share: shareOf(answer), chromiumBytes: chromiumBytes.get(answer.path) }));
    await demo.close();
    return downloads;
  } finally {
    await browser.close();
  }
}

function shareOf({ path }: Answer): DownloadShare {
  if (path.startsWith('v1/')) {
    return 'interface';
  }
  if (path.endsWith('.worklet.js')) {
    return 'worklet';
  }
  if (path.endsWith('.worker.js')) {
    return 'worker script';
  }
  if (path.endsWith('.wasm')) {
    return 'runtime (wasm)';
  }
  return path.endsWith('.onnx') ? 'model' : 'page';
}

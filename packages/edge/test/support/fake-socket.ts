/** A `WebSocket` whose other end is the test. */
export class FakeSocket extends EventTarget {
  static readonly all: FakeSocket[] = [];
  readonly url: string;
  readonly protocols: string[];
  readonly sent: (string | Uint8Array)[] = [];
  binaryType = '';
  bufferedAmount = 0;
  readyState = 0;
  closedWith: { code: number; reason: string } | undefined;
  onSend: (data: string | Uint8Array) => void = () => undefined;

  constructor(url: URL | string, protocols: string[]) {
    super();
    this.url = String(url);
    this.protocols = protocols;
    FakeSocket.all.push(this);
  }
  send(data: string | Uint8Array): void {
    this.sent.push(data);
    this.onSend(data);
  }
  close(code = 1005, reason = ''): void {
    this.closedWith ??= { code, reason };
    this.readyState = 2;
    queueMicrotask(() => this.drop(code, reason));
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  receive(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  drop(code = 1006, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason }));
  }
}

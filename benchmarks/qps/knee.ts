/** The longest stride: further apart, the halving after it takes more steps than the strides save. */
const LONGEST_STRIDE_FACTOR = 2;

/** How a {@link KneeSearch} looks for the knee. */
export interface KneeSearchOptions {
  /** The first load that is tried. */
  readonly startLoad: number;
  readonly minimumLoad: number;
  readonly maximumLoad: number;
  /** Factor of the first stride away from the start, more than 1; the next ones are longer, up to doubling. */
  readonly growthFactor: number;
  /** Relative distance of the two ends at which the search is over, more than 0. */
  readonly resolutionRatio: number;
  /** Whether half a unit of load makes no sense. */
  readonly isWhole: boolean;
  /** Steps after which the search is over in any case. */
  readonly maximumSteps: number;
}

/** Between which loads the knee lies. */
export interface Knee {
  /** The highest load that was carried; undefined when none was. */
  readonly load: number | undefined;
  /** The lowest load that was not carried; undefined when all were. */
  readonly failedLoad: number | undefined;
}

/**
 * Finds the highest load that a server carries: strides until one load is carried and one is not, then halves the distance
 * (geometrically). It only says which load to try next, so that searches over several servers can take turns.
 */
export class KneeSearch {
  readonly #options: KneeSearchOptions;
  #load: number | undefined;
  #failedLoad: number | undefined;
  #factor: number;
  #stepCount = 0;

  /** @throws RangeError for an option that cannot come to an end. */
  constructor(options: KneeSearchOptions) {
    const { startLoad, minimumLoad, maximumLoad, growthFactor, resolutionRatio } = options;
    if (!(minimumLoad > 0 && minimumLoad <= startLoad && startLoad <= maximumLoad)) {
      throw new RangeError(`startLoad must be ${minimumLoad}-${maximumLoad}, got ${startLoad}`);
    }
    if (!(growthFactor > 1 && resolutionRatio > 0)) {
      throw new RangeError(`growthFactor must be above 1 and resolutionRatio above 0, got ${growthFactor} and ${resolutionRatio}`);
    }
    this.#options = options;
    this.#factor = growthFactor;
  }

  get knee(): Knee {
    return { load: this.#load, failedLoad: this.#failedLoad };
  }

  /** The load to try next; undefined when the search is over. */
  get next(): number | undefined {
    const { startLoad, minimumLoad, maximumLoad, maximumSteps } = this.#options;
    const [low, high] = [this.#load, this.#failedLoad];
    if (this.#stepCount >= maximumSteps) {
      return undefined;
    }
    if (low === undefined && high === undefined) {
      return this.#round(startLoad);
    }
    if (high === undefined) {
      return low === undefined || low >= maximumLoad ? undefined : Math.min(maximumLoad, this.#above(low));
    }
    if (low === undefined) {
      return high <= minimumLoad ? undefined : Math.max(minimumLoad, this.#below(high));
    }
    const middle = this.#round(Math.sqrt(low * high));
    return this.#isClose(low, high) || middle <= low || middle >= high ? undefined : middle;
  }

  /** Steps that are still to come, as far as one can know. */
  get expectedSteps(): number {
    const { resolutionRatio, growthFactor, maximumSteps } = this.#options;
    if (this.next === undefined) {
      return 0;
    }
    const [low, high] = [this.#load, this.#failedLoad];
    const bracket = low === undefined || high === undefined ? growthFactor : high / low;
    const strides = low === undefined || high === undefined ? Math.max(1, 3 - this.#stepCount) : 0;
    const halvings = Math.max(0, Math.ceil(Math.log2(Math.log(bracket) / Math.log1p(resolutionRatio))));
    return Math.min(maximumSteps - this.#stepCount, Math.max(1, strides + halvings));
  }

  /** Takes what came of {@link next}. */
  record(isCarried: boolean): void {
    const tried = this.next;
    if (tried === undefined) {
      throw new RangeError('the search is over: there is nothing to record');
    }
    const hadBracket = this.#load !== undefined && this.#failedLoad !== undefined;
    if (!hadBracket && this.#stepCount > 0) {
      this.#factor = Math.max(this.#factor, Math.min(LONGEST_STRIDE_FACTOR, this.#factor ** 2));
    }
    this.#stepCount += 1;
    if (isCarried) {
      this.#load = tried;
    } else {
      this.#failedLoad = tried;
    }
  }

  #isClose(low: number, high: number): boolean {
    return high <= low * (1 + this.#options.resolutionRatio);
  }

  #above(load: number): number {
    return Math.max(this.#round(load * this.#factor), this.#options.isWhole ? load + 1 : load);
  }

  #below(load: number): number {
    return Math.min(this.#round(load / this.#factor), this.#options.isWhole ? load - 1 : load);
  }

  #round(load: number): number {
    return this.#options.isWhole ? Math.round(load) : Number(load.toPrecision(3));
  }
}

/** From the least processor time to the most. */
export const EFFORTS = ['fast', 'balanced', 'best'] as const;

/**
 * How much processor time a clip may take. `fast` hears it once; `balanced` hears what it is not sure of at two more speeds; `best` hears
 * every clip at three speeds and, where they differ, at two more. Of their texts the one is kept that all views together find right.
 */
export type Effort = (typeof EFFORTS)[number];

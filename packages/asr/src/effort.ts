/**
 * How much processor time a clip may take: `fast` hears it once, `balanced` twice, `best` four times, each a little differently, and
 * keeps the text that the model is surest of.
 */
export type Effort = 'fast' | 'balanced' | 'best';

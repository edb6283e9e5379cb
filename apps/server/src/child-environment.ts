// What glibc reads at the start of a process, in bytes; other systems pass it over. Unless told, it raises both limits to the largest block
// that was ever freed, and so keeps what the longest clip took for ever: 30 MB more of each worker, for no time that could be measured.
const ALLOCATOR: Readonly<Record<string, string>> = { MALLOC_MMAP_THRESHOLD_: '1000000', MALLOC_TRIM_THRESHOLD_: '1000000' };

/** The environment of a recognition process: that of this one, and an allocator that gives memory back unless somebody has set it up. */
export function workerEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...ALLOCATOR, ...environment };
}

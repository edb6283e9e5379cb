import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface ProcessTime {
  readonly parentPid: number;
  readonly cpuSeconds: number;
}

/** One process of a tree. */
export interface ProcessUsage {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
  /** Processor time since it started, user and system. */
  readonly cpuSeconds: number;
  /** Memory that it holds (resident set); pages shared between processes count in each. */
  readonly memoryBytes: number;
}

/**
 * Processor time of a process and all that descend from it, user and system, in seconds.
 *
 * From `/proc` where there is one, otherwise from `ps`; undefined where there is neither. A child that has ended is not counted.
 */
export function readTreeCpuSeconds(pid: number): number | undefined {
  const family = readFamily(pid);
  return family && [...family.values()].reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
}

/**
 * A process and all that descend from it, itself first; processes that end meanwhile are left out.
 *
 * From `/proc` where there is one, otherwise from `ps`; undefined where there is neither.
 */
export function readProcessTree(pid: number): ProcessUsage[] | undefined {
  const family = readFamily(pid);
  return (
    family &&
    [...family].flatMap(([member, { cpuSeconds }]) => {
      const held = readMemory(member);
      return held ? [{ pid: member, cpuSeconds, ...held }] : [];
    })
  );
}

function readFamily(pid: number): Map<number, ProcessTime> | undefined {
  const times = existsSync('/proc/self/stat') ? readProc() : readPs();
  const first = times?.get(pid);
  if (!times || !first) {
    return undefined;
  }
  const family = new Map([[pid, first]]);
  // A map that grows while it is walked shows what was added.
  for (const [member] of family) {
    for (const [child, time] of times) {
      if (time.parentPid === member) {
        family.set(child, time);
      }
    }
  }
  return family;
}

function readMemory(pid: number): Pick<ProcessUsage, 'command' | 'memoryBytes'> | undefined {
  try {
    if (existsSync('/proc/self/status')) {
      const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
      return { command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(), memoryBytes: kibibytes * 1024 };
    }
    const [, kibibytes, command = ''] =
      /^\s*(\d+)\s+(.*)$/s.exec(execFileSync('ps', ['-o', 'rss=,args=', '-p', String(pid)], { encoding: 'utf8' })) ?? [];
    return { command: command.trim(), memoryBytes: Number(kibibytes ?? 0) * 1024 };
  } catch {
    // The process ended between the listing and the reading.
    return undefined;
  }
}

function readProc(): Map<number, ProcessTime> {
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const times = new Map<number, ProcessTime>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of the program, in parentheses, may hold spaces and parentheses: fields count from behind it (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      times.set(Number(name), { parentPid: Number(fields[1]), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond });
    } catch {
      // The process ended between the listing and the reading.
    }
  }
  return times;
}

function readPs(): Map<number, ProcessTime> | undefined {
  try {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,time='], { encoding: 'utf8' }).trim().split('\n');
    return new Map(
      rows.map((row) => {
        const [pid, parentPid, time = ''] = row.trim().split(/\s+/);
        return [Number(pid), { parentPid: Number(parentPid), cpuSeconds: parseTime(time) }];
      }),
    );
  } catch {
    // No `ps`: the caller says that processor time was not measured.
    return undefined;
  }
}

/** `[[days-]hours:]minutes:seconds`, the seconds with or without a fraction. */
function parseTime(text: string): number {
  const [clock = '', days = '0'] = text.split('-').reverse();
  return clock.split(':').reduce((total, part) => 60 * total + Number(part), 0) + 86_400 * Number(days);
}

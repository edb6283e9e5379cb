import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

interface ProcessTime {
  readonly parentPid: number;
  readonly cpuSeconds: number;
}

/**
 * Processor time of a process and all that descend from it, user and system, in seconds.
 *
 * From `/proc` where there is one, otherwise from `ps`; undefined where there is neither. A child that has ended is not counted.
 */
export function readTreeCpuSeconds(pid: number): number | undefined {
  const times = existsSync('/proc/self/stat') ? readProc() : readPs();
  if (!times?.has(pid)) {
    return undefined;
  }
  let cpuSeconds = 0;
  const family = [pid];
  for (const member of family) {
    cpuSeconds += times.get(member)?.cpuSeconds ?? 0;
    family.push(...[...times].filter(([, { parentPid }]) => parentPid === member).map(([child]) => child));
  }
  return cpuSeconds;
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

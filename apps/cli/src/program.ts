import { availableParallelism } from 'node:os';
import { NORMALISERS } from '@outspoken/evaluation';
import { type ModelName, modelNames } from '@outspoken/models';
import { SETTINGS, type Settings } from '@outspoken/server-app';
import { NUMERALS, REDACTIONS } from '@outspoken/text';
import { Argument, Command, Option } from 'commander';
import { parseAddress, parseCount, parseList } from './argument.ts';
import { completion, SHELLS, type Shell } from './commands/completion.ts';
import { type DoctorOptions, doctor } from './commands/doctor.ts';
import { type EvaluateOptions, evaluate } from './commands/evaluate.ts';
import { listModels, type ModelsListOptions } from './commands/models-list.ts';
import { type ModelsPrepareOptions, prepareModels } from './commands/models-prepare.ts';
import { type ModelsPullOptions, pullModelFiles } from './commands/models-pull.ts';
import { type ModelsVerifyOptions, verifyModels } from './commands/models-verify.ts';
import { serveOptions } from './commands/serve.ts';
import { type TranscribeOptions, transcribe } from './commands/transcribe.ts';
import type { CommandContext } from './context.ts';
import { EXIT_CODE_HELP } from './exit-code.ts';
import { FORMAT_NAMES } from './output/format.ts';

// A reader process takes about 165 MB; more of them than this only wait for the recognizers.
const DEFAULT_JOBS = Math.min(4, availableParallelism());
const MAXIMUM_JOBS = 64;
const MAXIMUM_WORKERS = 256;
const MAXIMUM_WORST = 10_000;
const DEFAULT_WORST = 10;

/**
 * The table of commands.
 *
 * @param onExitCode - Told the exit code of the command that ran.
 */
export function createProgram(context: CommandContext, version: string, onExitCode: (code: number) => void): Command {
  const program = new Command('outspoken');
  program
    .description('Speech to text on your own machine: recordings, a server, and a page to speak into.')
    .version(version, '--version', 'show the version')
    .helpOption('-h, --help', 'show this text')
    .helpCommand('help [command]', 'show the help of a command')
    .showSuggestionAfterError(true)
    .showHelpAfterError('see --help for what there is')
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    .exitOverride()
    .addHelpText('after', helpOf(['outspoken transcribe meeting.mp3', 'outspoken serve --port 9000', 'outspoken doctor']));
  addServe(program);
  addTranscribe(program, context, onExitCode);
  addEvaluate(program, context, onExitCode);
  addModels(program, context, onExitCode);
  program
    .command('doctor')
    .description('look for what is missing and say what to do about it')
    .option('--json', 'write JSON')
    .addHelpText('after', helpOf(['outspoken doctor', 'OUTSPOKEN_PORT=9000 outspoken doctor --json']))
    .action(async (options: DoctorOptions) => onExitCode(await doctor(options, context)));
  program
    .command('completion')
    .description('write a script that completes commands, options and names in a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      helpOf([
        'source <(outspoken completion bash)',
        'outspoken completion zsh > ~/.zfunc/_outspoken',
        'outspoken completion fish > ~/.config/fish/completions/outspoken.fish',
      ]),
    )
    .action(async (shell: Shell) => onExitCode(await completion(shell, program, context)));
  return program;
}

/** Only for the lists: the server reads its own command line, see run-program.ts. */
function addServe(program: Command): void {
  const command = program.command('serve').description('start the server, see "outspoken serve --help" for its settings');
  for (const option of serveOptions()) {
    command.addOption(option);
  }
  command.addHelpText('after', helpOf(['outspoken serve', 'outspoken serve --port 9000 --workers 2']));
}

// `auto` spends more only on live speech.
const EFFORTS = SETTINGS.effort.values.filter((effort) => effort !== 'auto');

const KEYWORDS_TEXT = 'words and phrases to expect: with commas between them, or a file with one on each line';

function effortOption(): Option {
  const text = 'what this machine spends on a clip: heard once, again where it is not sure, at three to five speeds';
  return new Option('--effort <effort>', text).choices(EFFORTS);
}

function addTranscribe(program: Command, context: CommandContext, onExitCode: (code: number) => void): void {
  program
    .command('transcribe')
    .description('write down what is said in recordings')
    .argument('<file...>', 'files, folders, patterns such as "calls/**/*.mp3", or - for standard input')
    .addOption(new Option('-f, --format <format>', 'how to write it down').choices(FORMAT_NAMES).default('text'))
    .option('-o, --out <folder>', 'write one file for each recording into this folder')
    .option('--force', 'replace results that are there already')
    .option('--skip-existing', 'leave out recordings whose result is there already')
    .option('-r, --recursive', 'take the files in the subfolders of a folder as well')
    .option('-j, --jobs <count>', 'recordings at once', parseCount(MAXIMUM_JOBS), DEFAULT_JOBS)
    .option('--server <url>', 'let this server do the work instead of this machine', parseAddress)
    .option('--model <name>', 'model that recognizes speech (default: that of the settings, or the one of the server)')
    .addOption(new Option('--numerals <form>', 'how numbers are written').choices(NUMERALS).default('as-heard'))
    .option('--mask-profanity', 'leave only the first letter of profane words')
    .option('--redact <what>', `replace these, separated by commas: ${REDACTIONS.join(', ')}`, parseList(REDACTIONS))
    .option('--workers <count>', 'recognition processes on this machine (default: one per core)', parseCount(MAXIMUM_WORKERS))
    .option('--keywords <list>', KEYWORDS_TEXT)
    .addOption(effortOption())
    .option('-q, --quiet', 'say nothing but failures')
    .option('--verbose', 'show the log of the engine')
    .addHelpText(
      'after',
      helpOf([
        'outspoken transcribe meeting.mp3',
        'outspoken transcribe lecture.m4a --format srt > lecture.srt',
        'outspoken transcribe calls/ --recursive --format json --out transcripts/',
        'outspoken transcribe "2026/**/*.ogg" --format jsonl | jq -r .text',
        'arecord -f cd -d 10 | outspoken transcribe -',
        'outspoken transcribe calls/ --out transcripts/ --redact digits,email --numerals digits',
        'outspoken transcribe meeting.mp3 --keywords "Zyntrix, Margaret Hale"',
        'outspoken transcribe meeting.mp3 --server http://127.0.0.1:8080',
      ]),
    )
    .action(async (names: string[], options: TranscribeOptions) => onExitCode(await transcribe(names, options, context)));
}

function addEvaluate(program: Command, context: CommandContext, onExitCode: (code: number) => void): void {
  const ids = NORMALISERS.map(({ id }) => id);
  program
    .command('evaluate')
    .description('count the words that are heard wrong, against a manifest of recordings and their texts')
    .argument('<file>', 'manifest: one JSON object with audio_filepath and text on each line')
    .option('--slice <field>', 'field of the manifest to count by (default: slice or category, where the manifest has it)')
    .addOption(new Option('--normaliser <id>', 'how texts are brought into one form before words are counted').choices(ids).default(ids[0]))
    .option('--worst <count>', 'clips with the most errors to show', parseCount(MAXIMUM_WORST), DEFAULT_WORST)
    .option('--json <file>', 'write everything that was found as JSON')
    .option('--html <file>', 'write a page with table, bars and the worst clips')
    .option('--whole', 'recognize each file in one piece instead of cutting it as a person would be heard')
    .option('-j, --jobs <count>', 'recordings at once', parseCount(MAXIMUM_JOBS), DEFAULT_JOBS)
    .option('--server <url>', 'let this server do the work instead of this machine', parseAddress)
    .option('--model <name>', 'model that recognizes speech (default: that of the settings, or the one of the server)')
    .option('--workers <count>', 'recognition processes on this machine (default: one per core)', parseCount(MAXIMUM_WORKERS))
    .option('--keywords <list>', KEYWORDS_TEXT)
    .addOption(effortOption())
    .option('-q, --quiet', 'say nothing but results and failures')
    .option('--verbose', 'show the log of the engine')
    .addHelpText(
      'after',
      helpOf([
        'outspoken evaluate calls/manifest.jsonl',
        'outspoken evaluate calls/manifest.jsonl --slice speaker --html report.html --json report.json',
        'outspoken evaluate calls/manifest.jsonl --server http://127.0.0.1:8080 --worst 5',
      ]),
    )
    .action(async (name: string, options: EvaluateOptions) => onExitCode(await evaluate(name, options, context)));
}

function addModels(program: Command, context: CommandContext, onExitCode: (code: number) => void): void {
  const models = program.command('models').description('list, verify, prepare and download models');
  models
    .command('list')
    .description('list the models there are, and whether they are here')
    .option('--json', 'write JSON')
    .addHelpText('after', helpOf(['outspoken models list', 'outspoken models list --json']))
    .action(async (options: ModelsListOptions) => onExitCode(await listModels(options, context)));
  models
    .command('verify')
    .description('compare the SHA-256 of every file with the one that is pinned')
    .addArgument(new Argument('[name...]', 'models; all that are here when none is named').choices(modelNames()))
    .option('--json', 'write JSON')
    .addHelpText('after', helpOf(['outspoken models verify', 'outspoken models verify moonshine-tiny --json']))
    .action(async (names: ModelName[], options: ModelsVerifyOptions) => onExitCode(await verifyModels(names, options, context)));
  models
    .command('prepare')
    .description('build the fast graphs of a model, check and measure them on this processor')
    .addArgument(new Argument('[name]', 'the model').choices(SETTINGS.model.values).default(SETTINGS.model.defaultValue))
    .option('--json', 'write JSON')
    .addHelpText('after', helpOf(['outspoken models prepare', 'outspoken models prepare moonshine-base --json']))
    .action(async (name: Settings['model'], options: ModelsPrepareOptions) => onExitCode(await prepareModels(name, options, context)));
  models
    .command('pull')
    .description('download a model that does not come with the program; goes on where an earlier try broke off')
    .addArgument(new Argument('<name>', 'the model').choices(modelNames()))
    .addOption(
      new Option('--hub <url>', 'a mirror with the paths of the hub; the hashes are checked all the same')
        .env('OUTSPOKEN_HUB')
        .argParser(parseAddress),
    )
    .option('-q, --quiet', 'say nothing but failures')
    .addHelpText('after', helpOf(['outspoken models pull moonshine-base', 'OUTSPOKEN_CACHE=/data outspoken models pull moonshine-base']))
    .action(async (name: ModelName, options: ModelsPullOptions) => onExitCode(await pullModelFiles(name, options, context)));
}

function helpOf(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}\n\n${EXIT_CODE_HELP}\n`;
}

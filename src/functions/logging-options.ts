import { InvalidOptionError } from '../core/errors.ts';
import { checkKnownKeys, checkOneOf, checkString } from '../core/options.ts';

export type ApplicationLogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
export type SystemLogLevel = 'DEBUG' | 'INFO' | 'WARN';

/** How a function logs. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html */
export interface LoggingOptions {
  /** @default 'Text' */
  readonly format?: 'Text' | 'JSON';
  /**
   * The least severe line of the handler's own that is kept. Only with `format: 'JSON'`.
   * @default 'INFO'
   */
  readonly applicationLevel?: ApplicationLogLevel;
  /**
   * The least severe platform line (start, report) that is kept. Only with `format: 'JSON'`.
   * @default 'INFO'
   */
  readonly systemLevel?: SystemLogLevel;
  /** @default '/aws/lambda/{name}' */
  readonly logGroup?: string;
}

/** Levels exist only where lines carry one. */
export type LoggingConfig =
  | { readonly format: 'Text'; readonly logGroup: string }
  | {
      readonly format: 'JSON';
      readonly logGroup: string;
      readonly applicationLevel: ApplicationLogLevel;
      readonly systemLevel: SystemLogLevel;
    };

const keys = Object.keys({
  format: true,
  applicationLevel: true,
  systemLevel: true,
  logGroup: true,
} satisfies Record<keyof LoggingOptions, true>);

export function resolveLogging(options: LoggingOptions, functionName: string): LoggingConfig {
  checkKnownKeys('logging', options, keys);
  const { format = 'Text', logGroup = `/aws/lambda/${functionName}` } = options;
  checkOneOf('logging.format', format, ['Text', 'JSON']);
  checkString('logging.logGroup', logGroup, {
    maxLength: 512,
    pattern: /^[.\-_/#A-Za-z0-9]+$/,
    says: '1 to 512 letters, digits and ".", "-", "_", "/", "#"',
  });
  if (format === 'Text') {
    checkLevelIsAbsent('logging.applicationLevel', options.applicationLevel);
    checkLevelIsAbsent('logging.systemLevel', options.systemLevel);
    return Object.freeze({ format, logGroup });
  }

  const { applicationLevel = 'INFO', systemLevel = 'INFO' } = options;
  checkOneOf('logging.applicationLevel', applicationLevel, [
    'TRACE',
    'DEBUG',
    'INFO',
    'WARN',
    'ERROR',
    'FATAL',
  ]);
  checkOneOf('logging.systemLevel', systemLevel, ['DEBUG', 'INFO', 'WARN']);
  return Object.freeze({ format, logGroup, applicationLevel, systemLevel });
}

function checkLevelIsAbsent(option: string, level: string | undefined): void {
  if (level === undefined) return;
  throw new InvalidOptionError(
    option,
    'absent with the log format "Text"',
    level,
    'Set `logging.format` to "JSON" to filter by level.',
  );
}

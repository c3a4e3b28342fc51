import { elapsedMs } from '../process.ts';
import { refusals } from './internal/refusals.ts';
import { validateFunction } from './internal/validators.ts';

const globals = globalThis as unknown as Record<string, unknown>;
const why = 'a function cannot look at the event loop of the host';

/** The loop of a function is the host's: what is known of it is that the function ran. */
function eventLoopUtilization(): object {
  return { idle: 0, active: elapsedMs(), utilization: 1 };
}

function timerify(original: unknown): unknown {
  validateFunction(original, 'fn');
  return original;
}

const lazily = (name: string): PropertyDescriptor => ({
  get: () => globals[name],
  enumerable: true,
  configurable: true,
});

export const builtin: object = Object.defineProperties(
  {},
  {
    Performance: lazily('Performance'),
    PerformanceEntry: lazily('PerformanceEntry'),
    PerformanceMark: lazily('PerformanceMark'),
    PerformanceMeasure: lazily('PerformanceMeasure'),
    PerformanceObserver: lazily('PerformanceObserver'),
    PerformanceObserverEntryList: lazily('PerformanceObserverEntryList'),
    ...Object.getOwnPropertyDescriptors({
      ...refusals('perf_hooks', 'PerformanceResourceTiming monitorEventLoopDelay', why),
      eventLoopUtilization,
      timerify,
      ...refusals('perf_hooks', 'createHistogram', 'there is no histogram without Node'),
    }),
    performance: lazily('performance'),
    constants: {
      value: {
        NODE_PERFORMANCE_GC_MAJOR: 4,
        NODE_PERFORMANCE_GC_MINOR: 1,
        NODE_PERFORMANCE_GC_INCREMENTAL: 8,
        NODE_PERFORMANCE_GC_WEAKCB: 16,
        NODE_PERFORMANCE_GC_FLAGS_NO: 0,
        NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
        NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
        NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
        NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
        NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
        NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
      },
      enumerable: true,
    },
  },
);

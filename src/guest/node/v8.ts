import { startFacts } from '../process.ts';
import { refusals } from './internal/refusals.ts';

const why = 'the engine belongs to all functions of the host';

/** A guest cannot measure its heap: the limit is right, the rest is an upper bound. */
function getHeapStatistics(): object {
  const limit = (startFacts()?.memoryMb ?? 128) * 1_048_576;
  return {
    total_heap_size: limit,
    total_heap_size_executable: 0,
    total_physical_size: limit,
    total_available_size: limit,
    used_heap_size: limit,
    heap_size_limit: limit,
    malloced_memory: 0,
    peak_malloced_memory: 0,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: 0,
  };
}

export const builtin: object = {
  cachedDataVersionTag: () => 0,
  ...refusals('v8', 'getHeapSnapshot', why),
  getHeapStatistics,
  getHeapSpaceStatistics: () => [],
  getHeapCodeStatistics: () => ({
    code_and_metadata_size: 0,
    bytecode_and_metadata_size: 0,
    external_script_source_size: 0,
    cpu_profiler_metadata_size: 0,
  }),
  ...refusals(
    'v8',
    'getCppHeapStatistics setFlagsFromString Serializer Deserializer DefaultSerializer ' +
      'DefaultDeserializer deserialize takeCoverage stopCoverage serialize writeHeapSnapshot',
    why,
  ),
  promiseHooks: refusals(
    'v8.promiseHooks',
    'onInit onSettled onBefore onAfter createHook',
    'AsyncLocalStorage is there',
  ),
  ...refusals('v8', 'queryObjects', why),
  startupSnapshot: {
    ...refusals(
      'v8.startupSnapshot',
      'addDeserializeCallback addSerializeCallback setDeserializeMainFunction',
      why,
    ),
    isBuildingSnapshot: () => false,
  },
  ...refusals('v8', 'setHeapSnapshotNearHeapLimit GCProfiler', why),
  isStringOneByteRepresentation: (text: string) => !/[^\0-\xff]/.test(text),
  ...refusals('v8', 'startCpuProfile', why),
};

import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { deliveryQueueConformance } from './delivery-queue.conformance.ts';

deliveryQueueConformance({
  name: 'in memory',
  async make(clock) {
    const storage = new MemoryStorage({ clock });
    return { storage, crash: async () => storage, remove: () => storage.close() };
  },
});

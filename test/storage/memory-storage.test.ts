import type { DeliveryQueue } from '../../src/storage/delivery-queue.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import { deliveryQueueConformance } from './delivery-queue.conformance.ts';
import { deliveryQueueModel } from './delivery-queue.model.ts';
import { fifoQueueConformance } from './fifo-queue.conformance.ts';
import { queueTimeConformance } from './queue-time.conformance.ts';
import { stateStoreConformance } from './state-store.conformance.ts';
import type { StorageUnderTest } from './storage-under-test.ts';

const subject: StorageUnderTest = {
  name: 'in memory',
  async make(clock) {
    const storage = new MemoryStorage({ clock });
    const opened: DeliveryQueue[] = [];
    const openQueue = storage.openQueue.bind(storage);
    storage.openQueue = (options) => {
      const queue = openQueue(options);
      opened.push(queue);
      return queue;
    };
    return {
      storage,
      // What a holder in this process leaves behind is its leases; the next one opens the queues anew.
      async crash() {
        for (const queue of opened) await queue.close();
        return storage;
      },
      remove: () => storage.close(),
    };
  },
};

deliveryQueueConformance(subject);
queueTimeConformance(subject);
fifoQueueConformance(subject);
stateStoreConformance(subject);
deliveryQueueModel(subject, 400);

import { HostServices } from './host-services.ts';
import type { Service } from './service.ts';

/** What the services of one environment are made from. */
export interface ServiceSettings {
  readonly memoryMb: number;
}

const bytesPerMb = 1_048_576;

/** All that guests of one environment may ask of the host. Services cost nothing before their first use. */
export function servicesFor(settings: ServiceSettings): HostServices {
  const services: Service[] = [];
  return new HostServices(services, { bytes: settings.memoryMb * bytesPerMb });
}

import { HostServices } from './host-services.ts';
import type { Service } from './service.ts';

/** What the services of one environment are made from. */
export interface ServiceSettings {
  readonly memoryMb: number;
}

const bytesPerMb = 1_048_576;

/** All that guests of one environment may ask of the host; made when a guest first asks for anything. */
export function servicesFor(settings: ServiceSettings, response: Service): HostServices {
  const make = (): Service[] => [response];
  return new HostServices(make, { bytes: settings.memoryMb * bytesPerMb });
}

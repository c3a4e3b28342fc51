import type { ResolvedNetwork } from '../network/network-options.ts';
import { cryptoService } from './crypto/crypto-service.ts';
import { FileService, type FileServiceOptions } from './files/file-service.ts';
import { HostServices } from './host-services.ts';
import type { Interception } from './network/interception.ts';
import { NetworkServices } from './network/network-services.ts';
import type { Service } from './service.ts';
import { textService } from './text-service.ts';
import { urlService } from './url-service.ts';
import { zlibService } from './zlib/zlib-service.ts';

/** What the services of one environment are made from. */
export interface ServiceSettings {
  readonly memoryMb: number;
  readonly network: ResolvedNetwork;
}

const bytesPerMb = 1_048_576;

/** All that guests of one environment may ask of the host; made when a guest first asks for anything. */
export function servicesFor(
  settings: ServiceSettings,
  files: FileServiceOptions,
  response: Service,
  traces: Service,
  interception?: Interception,
): HostServices {
  const bytes = settings.memoryMb * bytesPerMb;
  const make = (): Service[] => [
    response,
    traces,
    new FileService(files),
    new NetworkServices(settings.network, { interception }),
    cryptoService(bytes),
    textService(),
    urlService(),
    zlibService(bytes),
  ];
  return new HostServices(make, { bytes });
}

import { Certificate, X509Certificate } from 'node:crypto';
import { withNode } from '../node-error.ts';
import { Arguments, packAnswer } from '../packed.ts';
import { ServiceError, type HostAnswer, type Service } from '../service.ts';
import { checkedSize, keyRecord, type ParsedKeys } from './keys.ts';

const longestCertificate = 131_072;

/** Certificates keep nothing here: the guest brings the DER along. */
export function certificates(keys: ParsedKeys): Service {
  return {
    calls: {
      /** `[PEM or DER]` gives all fields. */
      'crypto.certificate': (text, bytes) => fieldsOf(read(new Arguments(text, bytes), 0)),
      /** `[DER, name of the check, subject, options]`: the name that matched, or null. */
      'crypto.certificateName': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const certificate = read(args, 0);
        const check = args.oneOf(1, ['checkHost', 'checkEmail', 'checkIP']);
        const subject = args.string(2, 4_096);
        const options = { ...args.record(3) };
        return JSON.stringify(withNode(() => certificate[check](subject, options)) ?? null);
      },
      /** `[DER, DER of the issuer]` */
      'crypto.certificateIssued': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const [certificate, issuer] = [read(args, 0), read(args, 1)];
        return withNode(() => certificate.checkIssued(issuer)) ? '1' : '0';
      },
      /** `[DER, 'verify' or 'checkPrivateKey', key letter, key]` */
      'crypto.certificateKey': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const certificate = read(args, 0);
        checkedSize(withNode(() => certificate.publicKey));
        const check = args.oneOf(1, ['verify', 'checkPrivateKey']);
        const key = keys.read(args, 2);
        return withNode(() => certificate[check](key)) ? '1' : '0';
      },
      /** `[function, SPKAC]` */
      'crypto.spkac': (text, bytes) => {
        const args = new Arguments(text, bytes);
        const action = args.oneOf(0, ['verifySpkac', 'exportPublicKey', 'exportChallenge']);
        const spkac = Buffer.from(args.bytes(1));
        if (spkac.byteLength > longestCertificate) throw tooLong();
        const result = withNode(() => Certificate[action](spkac) as boolean | Buffer | string);
        return typeof result === 'boolean' ? `${result}` : Buffer.from(result);
      },
    },
  };
}

function read(args: Arguments, index: number): X509Certificate {
  const bytes = args.bytes(index);
  if (bytes.byteLength > longestCertificate) throw tooLong();
  return withNode(() => new X509Certificate(bytes));
}

function tooLong(): ServiceError {
  return new ServiceError(
    'ERR_OUT_OF_RANGE',
    `A certificate may have at most ${longestCertificate} bytes`,
    { name: 'RangeError' },
  );
}

function fieldsOf(certificate: X509Certificate): HostAnswer {
  const { signatureAlgorithm, signatureAlgorithmOid } = certificate as X509Certificate & {
    signatureAlgorithm?: string;
    signatureAlgorithmOid?: string;
  };
  return packAnswer({
    subject: certificate.subject,
    subjectAltName: certificate.subjectAltName,
    issuer: certificate.issuer,
    infoAccess: certificate.infoAccess,
    validFrom: certificate.validFrom,
    validTo: certificate.validTo,
    fingerprint: certificate.fingerprint,
    fingerprint256: certificate.fingerprint256,
    fingerprint512: certificate.fingerprint512,
    keyUsage: certificate.keyUsage,
    serialNumber: certificate.serialNumber,
    signatureAlgorithm,
    signatureAlgorithmOid,
    ca: certificate.ca,
    pem: certificate.toString(),
    raw: certificate.raw,
    publicKey: publicKeyOf(certificate),
    legacy: certificate.toLegacyObject(),
  });
}

/** Null when OpenSSL does not know the key's type; `publicKey` throws then, the other fields are there. */
function publicKeyOf(certificate: X509Certificate): object | null {
  try {
    return keyRecord(checkedSize(certificate.publicKey));
  } catch {
    return null;
  }
}

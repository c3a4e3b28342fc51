/** One row of the table: a handler and what running it proves. */
export interface PackageCase {
  /** The packages that the handler imports; the first one names the row. */
  readonly packages: readonly [string, ...string[]];
  /** File in `handlers/`. */
  readonly handler: string;
  /** What the handler does, for the table. */
  readonly proves: string;
  /** Whether it talks to a stub over the network. @default false */
  readonly usesNetwork?: boolean;
  /** What the refusal says, for packages that cannot work here. @default the handler works */
  readonly refusal?: RegExp;
  /** Why it does not work, or what one has to do, in the words of the table. */
  readonly reason?: string;
  /** @default false */
  readonly allowWebAssembly?: boolean;
  /** @default true */
  readonly isDeployedAsFolder?: boolean;
  /** Memory of the function. @default 512 */
  readonly memoryMb?: number;
}

const online = { usesNetwork: true } as const;

export const cases: readonly PackageCase[] = [
  {
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'],
    handler: 'sdk-dynamodb.mjs',
    proves: 'documents: put, get, update, query; a modelled error; signed requests',
    ...online,
  },
  {
    packages: ['@aws-sdk/client-s3'],
    handler: 'sdk-s3.mjs',
    proves: 'put text and a stream with checksum, get as text and as stream, list, NoSuchKey',
    ...online,
  },
  {
    packages: ['@aws-sdk/client-sqs'],
    handler: 'sdk-sqs.cjs',
    proves: 'send, send a batch, receive with MD5 check, delete',
    ...online,
  },
  {
    packages: ['@aws-sdk/client-lambda'],
    handler: 'sdk-lambda.mjs',
    proves: 'invoke with log tail, function error, Event, a modelled error',
    ...online,
  },
  {
    packages: ['@aws-sdk/client-eventbridge'],
    handler: 'sdk-eventbridge.cjs',
    proves: 'put events, one of which fails',
    ...online,
  },
  {
    packages: ['@aws-sdk/client-secrets-manager'],
    handler: 'sdk-secrets-manager.mjs',
    proves: 'a secret with its date, a modelled error',
    ...online,
  },
  {
    packages: ['@aws-sdk/client-sns'],
    handler: 'sdk-sns.mjs',
    proves: 'publish with attributes over the query protocol (XML)',
    ...online,
  },
  {
    packages: ['aws-sdk'],
    handler: 'sdk-v2-s3.cjs',
    proves: 'version 2, S3: put, get, list, read stream, NoSuchKey',
    ...online,
  },
  {
    packages: ['aws-sdk'],
    handler: 'sdk-v2-dynamodb.cjs',
    proves: 'version 2, DynamoDB DocumentClient: put, get, an error',
    isDeployedAsFolder: false,
    reason: 'the folder is the one above; its 100 MB are not read twice',
    ...online,
  },
  {
    packages: ['@aws-lambda-powertools/logger'],
    handler: 'powertools-logger.mjs',
    proves: 'structured lines with context and error, levels',
  },
  {
    packages: ['@aws-lambda-powertools/metrics'],
    handler: 'powertools-metrics.mjs',
    proves: 'embedded metric format in the log',
  },
  {
    packages: ['@aws-lambda-powertools/tracer'],
    handler: 'powertools-tracer.cjs',
    proves: 'subsegments, annotations, metadata, errors, the trace id of the invocation',
  },
  {
    packages: ['@aws-lambda-powertools/parser', 'zod'],
    handler: 'powertools-parser.mjs',
    proves: 'EventBridge envelope, SQS schema with JSON bodies, a refused event',
  },
  {
    packages: [
      '@aws-lambda-powertools/idempotency',
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/lib-dynamodb',
    ],
    handler: 'powertools-idempotency.mjs',
    proves: 'second call answered from DynamoDB',
    ...online,
  },
  {
    packages: ['@aws-lambda-powertools/batch'],
    handler: 'powertools-batch.mjs',
    proves: 'partial batch response of SQS',
  },
  {
    packages: [
      '@aws-lambda-powertools/parameters',
      '@aws-sdk/client-ssm',
      '@aws-sdk/client-secrets-manager',
    ],
    handler: 'powertools-parameters.cjs',
    proves: 'parameters of SSM, one and by path; a secret as JSON',
    ...online,
  },
  {
    packages: ['@middy/core', '@middy/http-json-body-parser', '@middy/validator'],
    handler: 'middy.mjs',
    proves: 'body parser and validator: a good request, 400, 422',
  },
  {
    packages: ['aws-xray-sdk-core'],
    handler: 'xray.cjs',
    proves: 'the segment of the invocation, parallel and nested subsegments',
  },
  {
    packages: ['zod'],
    handler: 'zod.mjs',
    proves: 'parse, coerce, issues, async refinement, JSON Schema',
  },
  {
    packages: ['ajv'],
    handler: 'ajv.cjs',
    proves: 'compiles a schema to code, coerces, reports errors',
  },
  {
    packages: ['hono'],
    handler: 'hono.mjs',
    proves: 'aws-lambda adapter: routes, JSON, stream, CORS, errors, 404',
  },
  {
    packages: ['express', 'serverless-http'],
    handler: 'express.cjs',
    proves: 'routes, JSON body, status codes, error handler, 404',
  },
  {
    packages: ['fastify', '@fastify/aws-lambda'],
    handler: 'fastify.cjs',
    proves: 'routes, schema validation, 400, 404',
  },
  {
    packages: ['axios'],
    handler: 'axios.cjs',
    proves: 'Node adapter: GET, gzip, POST, redirect, stream, 418, ECONNREFUSED',
    ...online,
  },
  {
    packages: ['node-fetch'],
    handler: 'node-fetch.mjs',
    proves: 'GET, gzip, form data, redirect, stream, ECONNREFUSED',
    ...online,
  },
  {
    packages: ['got'],
    handler: 'got.mjs',
    proves: 'GET, gzip, POST, retry, redirect, stream, 418',
    ...online,
  },
  {
    packages: ['undici'],
    handler: 'undici.mjs',
    proves: 'request and fetch with an agent of its own',
    allowWebAssembly: true,
    reason: 'parses HTTP with WebAssembly: needs `allowWebAssembly: true`',
    ...online,
  },
  { packages: ['uuid'], handler: 'uuid.mjs', proves: 'v1, v4, v5, v7, parse, validate' },
  {
    packages: ['jose'],
    handler: 'jose.mjs',
    proves: 'HS256, ES256, RS256, A256GCM, a forged token',
  },
  {
    packages: ['jsonwebtoken'],
    handler: 'jsonwebtoken.cjs',
    proves: 'HS256, RS256 with a fresh key pair, expired and forged tokens',
  },
  { packages: ['bcryptjs'], handler: 'bcryptjs.cjs', proves: 'hash, compare, a known hash' },
  { packages: ['date-fns'], handler: 'date-fns.mjs', proves: 'arithmetic, formats, a locale' },
  { packages: ['dayjs'], handler: 'dayjs.cjs', proves: 'time zones, UTC, durations' },
  { packages: ['lodash'], handler: 'lodash.cjs', proves: 'debounce, cloneDeep, template, groups' },
  {
    packages: ['pino'],
    handler: 'pino.cjs',
    proves: 'lines on standard output and to a stream of its own, redaction, errors',
  },
  {
    packages: ['winston'],
    handler: 'winston.cjs',
    proves: 'Console and Stream transports, formats, errors',
  },
  { packages: ['graphql'], handler: 'graphql.mjs', proves: 'a schema, a query, a wrong query' },
  { packages: ['superjson'], handler: 'superjson.mjs', proves: 'dates, sets, maps, bigint, URL' },
  {
    packages: ['mongodb'],
    handler: 'mongodb.cjs',
    proves: 'no server: MongoServerSelectionError in time; BSON',
    ...online,
  },
  {
    packages: ['mongoose'],
    handler: 'mongoose.cjs',
    proves: 'no server: MongooseServerSelectionError in time; models validate',
    ...online,
  },
  {
    packages: ['pg'],
    handler: 'pg.cjs',
    proves: 'SCRAM login, queries, parameters, a pool, server errors, ECONNREFUSED',
    ...online,
  },
  {
    packages: ['ioredis'],
    handler: 'ioredis.cjs',
    proves: 'PING, SET, GET, a pipeline, an error',
    ...online,
  },
  {
    packages: ['sharp'],
    handler: 'sharp.cjs',
    proves: 'refused with a clear error',
    refusal: /native addon/i,
    reason: 'a native addon: machine code would run outside of the isolate',
  },
  { packages: ['cheerio'], handler: 'cheerio.mjs', proves: 'parse, select, change, print HTML' },
  {
    packages: ['fast-xml-parser'],
    handler: 'fast-xml-parser.cjs',
    proves: 'parse, build, validate XML',
  },
  { packages: ['nanoid'], handler: 'nanoid.mjs', proves: 'ids, a custom alphabet' },
  { packages: ['csv-parse'], handler: 'csv-parse.mjs', proves: 'as a stream and at once' },
  {
    packages: ['mysql2'],
    handler: 'mysql2.cjs',
    proves: 'no server: ECONNREFUSED; escaping',
    ...online,
  },
  { packages: ['luxon'], handler: 'luxon.mjs', proves: 'time zones, locales, durations' },
  { packages: ['yup'], handler: 'yup.cjs', proves: 'casts, reports all errors' },
  { packages: ['joi'], handler: 'joi.cjs', proves: 'defaults, reports all errors' },
  {
    packages: ['knex', 'pg'],
    handler: 'knex.cjs',
    proves: 'builds SQL, queries through pg',
    ...online,
  },
  {
    packages: ['drizzle-orm', 'pg'],
    handler: 'drizzle-orm.mjs',
    proves: 'builds SQL, queries through pg',
    ...online,
  },
  {
    packages: ['@sinclair/typebox'],
    handler: 'typebox.mjs',
    proves: 'compiles a check to code, errors, defaults',
  },
  { packages: ['i18next'], handler: 'i18next.mjs', proves: 'interpolation, plurals, fallback' },
  { packages: ['handlebars'], handler: 'handlebars.cjs', proves: 'compiles a template to code' },
  { packages: ['marked'], handler: 'marked.mjs', proves: 'Markdown with a table to HTML' },
  { packages: ['ejs'], handler: 'ejs.cjs', proves: 'templates from text and from a file in /tmp' },
  {
    packages: ['nodemailer'],
    handler: 'nodemailer.mjs',
    proves: 'builds a message, sends it over SMTP, fails cleanly',
    ...online,
  },
  {
    packages: ['openai'],
    handler: 'openai.mjs',
    proves: 'a chat completion, whole and streamed, through `fetch`',
    ...online,
  },
  {
    packages: ['stripe'],
    handler: 'stripe.cjs',
    proves: 'creates a customer, an API error, a webhook signature',
    ...online,
  },
  { packages: ['dotenv'], handler: 'dotenv.cjs', proves: 'reads a file of /tmp into process.env' },
  {
    packages: ['ws'],
    handler: 'ws.mjs',
    proves: 'a WebSocket client: open, two messages, close',
    ...online,
  },
  {
    packages: ['@aws-sdk/lib-storage', '@aws-sdk/client-s3', '@aws-sdk/s3-request-presigner'],
    handler: 'sdk-lib-storage.mjs',
    proves: 'uploads a stream of unknown length, signs a URL',
    ...online,
  },
  { packages: ['moment-timezone'], handler: 'moment-timezone.cjs', proves: 'time zones, formats' },
  { packages: ['redis'], handler: 'redis.mjs', proves: 'PING, SET, GET, INCR', ...online },
  { packages: ['jszip'], handler: 'jszip.cjs', proves: 'makes and reads a zip' },
  { packages: ['xml2js'], handler: 'xml2js.cjs', proves: 'parse, build, an error' },
  { packages: ['rxjs'], handler: 'rxjs.mjs', proves: 'timers, operators' },
  { packages: ['lru-cache'], handler: 'lru-cache.mjs', proves: 'eviction, time to live, fetch' },
  {
    packages: ['@trpc/server', 'zod'],
    handler: 'trpc.mjs',
    proves: 'aws-lambda adapter: a query, wrong input, an error',
  },
  {
    packages: [
      '@opentelemetry/sdk-trace-base',
      '@opentelemetry/api',
      '@opentelemetry/context-async-hooks',
    ],
    handler: 'opentelemetry.cjs',
    proves: 'nested spans in two parallel flows (AsyncLocalStorage)',
  },
  { packages: ['semver'], handler: 'semver.cjs', proves: 'ranges, increments' },
  { packages: ['busboy'], handler: 'busboy.cjs', proves: 'a multipart form with a file' },
  { packages: ['valibot'], handler: 'valibot.mjs', proves: 'parse, defaults, issues' },
  { packages: ['koa', 'serverless-http'], handler: 'koa.cjs', proves: 'middleware, an error' },
  { packages: ['effect'], handler: 'effect.mjs', proves: 'retries, parallel effects' },
  { packages: ['pdf-lib'], handler: 'pdf-lib.cjs', proves: 'writes a PDF with a font, reads it' },
  {
    packages: ['class-validator', 'class-transformer', 'reflect-metadata'],
    handler: 'class-validator.cjs',
    proves: 'decorators, transformation, errors',
  },
];

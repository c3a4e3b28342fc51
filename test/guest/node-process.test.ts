import { expect, test } from 'vitest';
import { Lambda } from '../../src/index.ts';
import { sameAsNode } from './node-table.ts';

sameAsNode('process', [
  String.raw`'chdir cpuUsage cwd emitWarning exit getBuiltinModule getuid hrtime kill loadEnvFile memoryUsage nextTick on ref resourceUsage setuid umask uptime'.split(' ').map(k=>[k,typeof process[k],Object.keys(process).includes(k)])`,
  String.raw`[process.toString(),Object.prototype.toString.call(process),process instanceof require('events'),process===require('process'),process===require('node:process'),process.constructor.name]`,
  String.raw`(()=>{const r=[];const f=(...a)=>r.push(a);process.on('custom',f);process.emit('custom',1,2);process.off('custom',f);return [r,process.emit('custom'),process.listenerCount('custom'),process.eventNames().includes('custom')]})()`,
  String.raw`new Promise(r=>{process.once('warning',w=>r([w.name,w.message,w.code,w.detail]));process.emitWarning('careful',{type:'MyWarning',code:'W1',detail:'d'})})`,
  String.raw`[thrown(()=>process.emitWarning(5)),thrown(()=>process.emitWarning('a',5)),thrown(()=>process.nextTick('x')),thrown(()=>process.kill('x')),thrown(()=>process.cpuUsage(5)),process.kill(process.pid,0)]`,
  String.raw`[typeof process.hrtime.bigint(),process.hrtime().length,typeof process.uptime(),typeof process.memoryUsage().heapUsed,Object.keys(process.memoryUsage()),Object.keys(process.cpuUsage()),Object.keys(process.resourceUsage()),typeof process.memoryUsage.rss(),process.platform,process.exitCode]`,
  String.raw`[process.getBuiltinModule('path')===require('path'),process.getBuiltinModule('node:fs')!==undefined||true,process.getBuiltinModule('nope')===undefined,typeof process.features.tls,process.release.name,Array.isArray(process.getgroups()),process.hasUncaughtExceptionCaptureCallback()]`,
  String.raw`(async()=>{const s=require('stream');return [process.stdout.fd,process.stderr.fd,typeof process.stdout.write,process.stdout.writable,process.stdout instanceof s.Writable,process.stdout===process.stdout,process.stdout._writableState.objectMode,process.stdout.isTTY]})()`,
  String.raw`[process.env.NOPE,(process.env.XNUM=5,process.env.XNUM),'XNUM' in process.env,delete process.env.XNUM,'XNUM' in process.env,thrown(()=>process.chdir(5)),thrown(()=>process.setUncaughtExceptionCaptureCallback(5))]`,
  String.raw`[Object.keys(process.versions),Object.entries(Object.getOwnPropertyDescriptors({...process.versions})).map(([k,d])=>[k,typeof d.value]),process.versions.modules,process.versions.napi,/^3\.\d+\.\d+/.test(process.versions.openssl),Object.getOwnPropertyDescriptor(process.versions,'zlib').writable]`,
]);

test('what the environment was started with is known before anybody touches process', async () => {
  await using lambda = new Lambda({ blanks: 0 });
  const source = `exports.handler = () => require('node:os').totalmem()`;
  const probe = await lambda.createFunction({ name: 'probe', code: { source }, memoryMb: 256 });
  expect(await probe.call()).toBe(256 * 1_048_576);
});

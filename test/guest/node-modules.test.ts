import { sameAsNode } from './node-table.ts';

sameAsNode('module, readline and console', [
  String.raw`(()=>{const m=require('module');return [m.isBuiltin('fs'),m.isBuiltin('node:test'),m.isBuiltin('test'),m.isBuiltin('nope'),m.isBuiltin(5),m.builtinModules.length,typeof m.createRequire('/var/task/x.js')('path').join,thrown(()=>m.createRequire('rel')),thrown(()=>m.createRequire(5)),m.createRequire('file:///var/task/x.js').resolve('fs'),m.Module===m,m._nodeModulePaths('/a/node_modules/b'),m.wrap('x')]})()`,
  String.raw`(async()=>{const rl=require('readline').createInterface({input:require('stream').Readable.from(['a\nb\r','\nc\n','dé'])});const r=[];for await(const l of rl)r.push(l);return r})()`,
  String.raw`(async()=>{const {Readable,PassThrough}=require('stream');const out=new PassThrough();const rl=require('readline/promises').createInterface({input:Readable.from(['yes\n']),output:out});const a=await rl.question('ok? ');rl.close();return [a,out.read().toString(),rl.closed]})()`,
  String.raw`(async()=>{const {PassThrough}=require('stream');const i=new PassThrough();const rl=require('readline').createInterface(i);const r=[];rl.on('line',l=>r.push(l));rl.on('close',()=>r.push('closed'));i.write('one\ntwo');i.end();await new Promise(s=>rl.on('close',s));return r})()`,
  String.raw`(()=>{const {PassThrough}=require('stream');const o=new PassThrough(),e=new PassThrough();const c=new (require('console').Console)(o,e);c.log('a %d',1,{b:2});c.group('g');c.info('x\ny');c.groupEnd();c.error('err');c.count();c.count();c.assert(false,'no');c.table([{a:1}]);c.dir({a:{b:{c:{d:1}}}},{depth:0});return [o.read().toString(),e.read().toString(),thrown(()=>new (require('console').Console)({}))]})()`,
  String.raw`(()=>{const {PassThrough}=require('stream');const o=new PassThrough();const r=require('readline');r.clearLine(o,0);r.cursorTo(o,1,2);r.moveCursor(o,-1,3);r.clearScreenDown(o);return o.read().toString()})()`,
]);

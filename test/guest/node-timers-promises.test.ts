import { sameAsNode } from './node-table.ts';

sameAsNode('timers', [
  String.raw`Object.keys(require('timers')).concat(Object.keys(require('timers/promises')))`,
  String.raw`(async()=>{const t=require('timers/promises');return [await t.setTimeout(1,'v'),await t.setImmediate('w'),await t.scheduler.wait(1),await t.scheduler.yield(),await rejected(t.setTimeout('x')),await rejected(t.setTimeout(1,0,{signal:5})),await rejected(t.setTimeout(1,0,{ref:5})),t.setTimeout.name]})()`,
  String.raw`(async()=>{const t=require('timers/promises');const ac=new AbortController();const p=rejected(t.setTimeout(1000,0,{signal:ac.signal}));ac.abort();return [await p,await rejected(t.setImmediate(0,{signal:ac.signal}))]})()`,
  String.raw`(async()=>{const t=require('timers/promises');const r=[];for await(const v of t.setInterval(1,'x')){r.push(v);if(r.length===3)break}return r})()`,
  String.raw`(async()=>{const t=require('timers/promises');const ac=new AbortController();const r=[];try{for await(const v of t.setInterval(1,'x',{signal:ac.signal})){r.push(v);if(r.length===2)ac.abort()}}catch(e){r.push(e.name,e.code)}return r})()`,
  String.raw`[thrown(()=>new (require('timers/promises').scheduler.constructor)()), require('timers').promises===require('timers/promises'), require('timers').setTimeout===setTimeout]`,
]);

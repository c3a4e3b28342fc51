import { once } from 'node:events';
import { WebSocket } from 'ws';

export const handler = async () => {
  const socket = new WebSocket(process.env.STUB_WEBSOCKET);
  await once(socket, 'open');
  const answers = [];
  for (const word of ['tea', 'milk']) {
    socket.send(word);
    const [answer] = await once(socket, 'message');
    answers.push(answer.toString());
  }
  socket.close(1000, 'done');
  const [code] = await once(socket, 'close');
  return { answers, code };
};

export const expected = { answers: ['TEA', 'MILK'], code: 1000 };

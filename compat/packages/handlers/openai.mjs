import OpenAI from 'openai';

const openai = new OpenAI({ apiKey: 'sk-stub', baseURL: `${process.env.STUB_HTTP}/v1` });

export const handler = async () => {
  const messages = [{ role: 'user', content: 'tea' }];
  const whole = await openai.chat.completions.create({ model: 'stub', messages });
  const stream = await openai.chat.completions.create({ model: 'stub', messages, stream: true });
  const parts = [];
  for await (const chunk of stream) parts.push(chunk.choices[0].delta.content);
  return { whole: whole.choices[0].message.content, parts };
};

export const expected = { whole: 'You said: tea', parts: ['You', ' said: ', 'tea'] };

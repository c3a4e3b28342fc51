import nodemailer from 'nodemailer';

const mail = {
  from: 'shop@example.com',
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Your tea is on its way.',
  attachments: [{ filename: 'bill.txt', content: 'two cups' }],
};

export const handler = async () => {
  const built = await nodemailer
    .createTransport({ streamTransport: true, buffer: true })
    .sendMail(mail);
  const sent = await nodemailer.createTransport(process.env.STUB_SMTP).sendMail(mail);
  const closed = await nodemailer
    .createTransport({ host: '127.0.0.1', port: Number(process.env.CLOSED_PORT) })
    .sendMail(mail)
    .catch((error) => error);
  return {
    subject: built.message.toString().includes('Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?='),
    accepted: sent.accepted,
    queued: /^250 2\.0\.0 queued, \d+ lines$/.test(sent.response),
    closed: [closed.code, closed.command],
  };
};

export const expected = {
  subject: true,
  accepted: ['ada@example.com'],
  queued: true,
  closed: ['ESOCKET', 'CONN'],
};

import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const secrets = new SecretsManagerClient({});

export const handler = async () => {
  const secret = await secrets.send(new GetSecretValueCommand({ SecretId: 'database' }));
  const error = await secrets
    .send(new GetSecretValueCommand({ SecretId: 'missing' }))
    .catch((reason) => reason);
  return {
    user: JSON.parse(secret.SecretString).user,
    created: secret.CreatedDate.toISOString(),
    error: error.name,
  };
};

export const expected = {
  user: 'ada',
  created: '2023-11-14T22:13:20.123Z',
  error: 'ResourceNotFoundException',
};

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { failureFacts, renderFailure } from '../../../../src/cli/frame/failure.ts';
import { styleFor } from '../../../../src/cli/terminal/style.ts';
import { FirnError } from '../../../../src/model/errors.ts';
import {
  answered,
  clientWorld,
  environmentKeys,
  failing,
  type Scripted,
} from '../../../support/s3/client-world.ts';

const SECRETS = ['Hunter2secretXkey', 'Hunter3sessionXtoken'] as const;
const [SECRET, TOKEN] = SECRETS;

/** What repeats our secrets, as servers, proxies and libraries do. */
const HOSTILE: Readonly<Record<string, Scripted>> = {
  'an error that repeats the token': failing(400, 'ExpiredToken', `<Token-0>${TOKEN}</Token-0>`),
  'a signature error with all that was signed': failing(
    403,
    'SignatureDoesNotMatch',
    `<CanonicalRequest>${TOKEN}</CanonicalRequest>`,
  ),
  'a token as the code': failing(403, TOKEN),
  'a secret as the code': failing(503, SECRET),
  'a message with a token': failing(403, 'AccessDenied', `<Message>${TOKEN} has no rights</Message>`),
  'a token as the region': failing(
    400,
    'AuthorizationHeaderMalformed',
    `<Region>${TOKEN.toLowerCase()}</Region>`,
  ),
  'a redirect to an address with the token': answered(307, null, {
    location: `https://x/?${TOKEN}`,
    'x-amz-bucket-region': TOKEN,
  }),
  'a page of a proxy': answered(502, `<html>${TOKEN} ${SECRET}</html>`),
  'an exception about a header': () => {
    throw new TypeError(`Headers.append: "${TOKEN}" is an invalid header value.`);
  },
  'an exception whose cause has it': () => {
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(SECRET), { code: SECRET }) });
  },
  'something thrown that is no error': () => {
    throw `${SECRET}`;
  },
};

for (const [name, scripted] of Object.entries(HOSTILE)) {
  test(`no secret is in an error after ${name}`, async () => {
    const { client } = clientWorld([scripted], {
      keys: environmentKeys({
        AWS_ACCESS_KEY_ID: 'AKID',
        AWS_SECRET_ACCESS_KEY: SECRET,
        AWS_SESSION_TOKEN: TOKEN,
      }),
    });
    const error = await client.send({ method: 'PUT', key: 'a', body: Buffer.from('x') }).then(
      () => assert.fail('it succeeded'),
      (reason: unknown) => reason as FirnError,
    );
    assert.ok(error instanceof FirnError);
    const plain = styleFor({ isTTY: false } as never, {});
    const shown = [
      inspect(error, { depth: 12, showHidden: true }),
      renderFailure(error, plain, true),
      JSON.stringify(failureFacts(error)),
      error.stack,
      inspect(client, { depth: 3 }),
    ].join('\n');
    for (const secret of SECRETS) {
      const at = shown.toLowerCase().indexOf(secret.toLowerCase());
      assert.equal(at, -1, shown.slice(Math.max(0, at - 300), at + 60));
    }
  });
}
